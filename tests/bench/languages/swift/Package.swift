// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "Rows",
    platforms: [.macOS(.v13)],
    dependencies: [.package(name: "Nightstand", path: "../package")],
    targets: [.executableTarget(name: "Rows", dependencies: ["Nightstand"])],
    swiftLanguageModes: [.v6]
)
