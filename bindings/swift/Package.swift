// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "Nightstand",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [.library(name: "Nightstand", targets: ["Nightstand"])],
    targets: [
        .systemLibrary(name: "NightstandFFI"),
        .target(
            name: "Nightstand",
            dependencies: ["NightstandFFI"],
            exclude: ["NightstandFFI.h", "NightstandFFI.modulemap"]
        ),
        .testTarget(name: "StoryTests", dependencies: ["Nightstand"]),
    ],
    swiftLanguageModes: [.v6]
)
