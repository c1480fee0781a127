// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "Nightstand",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [
        .library(name: "Nightstand", targets: ["Nightstand"]),
        // For targets of tests and previews, over a library that an app must not ship: see the README.
        .library(name: "NightstandTesting", targets: ["NightstandTesting"]),
    ],
    targets: [
        .systemLibrary(name: "NightstandFFI"),
        .target(
            name: "Nightstand",
            dependencies: ["NightstandFFI"],
            exclude: ["NightstandFFI.h", "NightstandFFI.modulemap"]
        ),
        .systemLibrary(name: "NightstandTestingFFI"),
        .target(
            name: "NightstandTesting",
            dependencies: ["Nightstand", "NightstandTestingFFI"],
            exclude: ["NightstandTestingFFI.h", "NightstandTestingFFI.modulemap"]
        ),
        // View models to copy from, driven by the tests. No product: an app has its own.
        .target(name: "NightstandScreens", dependencies: ["Nightstand"]),
        .testTarget(name: "StoryTests", dependencies: ["Nightstand", "NightstandScreens", "NightstandTesting"]),
    ],
    swiftLanguageModes: [.v6]
)
