// swift-tools-version:6.2
import PackageDescription

/// Every target of ours is held to the same rules; `make build` and `make test` add the import check.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")

let package = Package(
    name: "caveat",
    products: [
        .executable(name: "caveatd", targets: ["caveatd"]),
        .executable(name: "caveat", targets: ["caveat"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", exact: "1.7.4"),
        .package(url: "https://github.com/apple/swift-async-algorithms", exact: "1.1.4"),
        .package(url: "https://github.com/apple/swift-certificates", exact: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/swiftcsv/SwiftCSV", exact: "0.10.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
    ],
    targets: [
        .systemLibrary(name: "CLibcurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CJemalloc", pkgConfig: "jemalloc", providers: [.apt(["libjemalloc-dev"])]),
        .systemLibrary(
            name: "CLibqrencode",
            pkgConfig: "libqrencode",
            providers: [.apt(["libqrencode-dev"])]
        ),
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(name: "Merkle", dependencies: [crypto], swiftSettings: settings),
        .target(
            name: "Exchange",
            dependencies: ["Merkle", crypto, .product(name: "SwiftCSV", package: "SwiftCSV")],
            swiftSettings: settings
        ),
        .target(
            name: "Store",
            dependencies: ["Exchange"],
            resources: [.embedInCode("Migrations")],
            swiftSettings: settings
        ),
        .target(
            name: "StoreSQLite",
            dependencies: [
                "Store",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: settings
        ),
        .target(name: "StorePostgres", dependencies: ["Store", "CLibpq"], swiftSettings: settings),
        .target(
            name: "Screening",
            dependencies: ["Exchange"],
            resources: [
                "frequencies", "legal-forms-short", "names", "organisations", "particles", "romanisation",
            ].map { .embedInCode("Data/\($0).txt") },
            swiftSettings: settings
        ),
        .target(name: "TransportCurl", dependencies: ["Exchange", "CLibcurl"], swiftSettings: settings),
        .target(
            name: "Node",
            dependencies: [
                "Exchange", "Merkle", "Screening", "Store", crypto, cryptoExtras, logging, lifecycle,
                .product(name: "AsyncAlgorithms", package: "swift-async-algorithms"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Server",
            dependencies: [
                "Exchange", "Node", "Screening", crypto, logging, lifecycle, nioCore, nioPosix, nioSSL,
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            resources: [.embedInCode("REST/openapi.json")],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "caveatd",
            dependencies: [
                "CJemalloc", "Exchange", "Node", "Server", "Store", "StoreSQLite", "StorePostgres", "TransportCurl",
                argumentParser, logging, lifecycle, nioCore, nioPosix,
                .product(name: "AsyncAlgorithms", package: "swift-async-algorithms"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "caveat",
            dependencies: [
                "CLibqrencode", "Exchange", "TransportCurl", argumentParser, crypto,
                .product(name: "SwiftCSV", package: "SwiftCSV"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "TestSupport",
            dependencies: [
                "Exchange", "Store", subprocess, .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        .testTarget(
            name: "ExchangeTests",
            dependencies: ["Exchange", "TestSupport"],
            exclude: ["AccessTable.md", "ActionTable.md"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ScreeningTests",
            dependencies: ["Exchange", "Screening", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "StoreTests",
            dependencies: ["Exchange", "Merkle", "Store", "StoreSQLite", "StorePostgres", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "NodeTests",
            dependencies: ["Exchange", "Node", "Store", "StoreSQLite", "StorePostgres", "TestSupport", logging],
            exclude: ["CallTable.md"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "Exchange", "Node", "Server", "Store", "StoreSQLite", "TestSupport", logging, nioCore,
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "TransportTests",
            dependencies: [
                "Exchange", "TransportCurl", subprocess,
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            exclude: ["server.py", "sftp.py", "smtp.py"],
            swiftSettings: settings
        ),
        .testTarget(name: "caveatTests", dependencies: ["caveat", "Exchange"], swiftSettings: settings),
        .testTarget(name: "caveatdTests", dependencies: ["caveatd", "Exchange", "Server"], swiftSettings: settings),
        .testTarget(name: "TidyTests", swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)

// What is measured is built by the bench alone.
if Context.environment["CAVEAT_BENCH"] != nil {
    package.targets.append(
        .executableTarget(
            name: "ScreeningBench",
            dependencies: ["Exchange", "Screening"],
            path: "Benchmarks/ScreeningBench",
            swiftSettings: settings
        )
    )
    package.targets.append(
        .executableTarget(
            name: "LedgerBench",
            dependencies: ["Exchange", "Node", "Store", "StoreSQLite", "TransportCurl", logging],
            path: "Benchmarks/LedgerBench",
            swiftSettings: settings
        )
    )
}

// `make fuzz` builds the fuzzer, and nothing else does: its `main` is libFuzzer's.
if Context.environment["CAVEAT_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "Fuzz",
            dependencies: ["Exchange", "Screening"],
            swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])],
            linkerSettings: [.unsafeFlags(["-parse-as-library"])]
        )
    )
}
