/// Where the nodes of a drawing stand: those that are connected near one another, all others apart.
///
/// After Fruchterman and Reingold, "Graph drawing by force-directed placement", 1991.
/// Additions, multiplications, divisions and square roots alone, in a fixed order: the same on every machine.
struct NetworkLayout {
    /// A place in the drawing.
    struct Point: Hashable {
        var x: Double
        var y: Double
    }

    private static let rounds = 250

    /// By the places of the nodes, from 0 to `side` in both directions.
    private(set) var points: [Point]
    /// The length and height of the drawing.
    let side: Double
    private let pairs: [(Int, Int)]
    /// The distance that connected nodes are to have.
    private let distance: Double

    init(count: Int, _ pairs: [(Int, Int)], distance: Double) {
        self.pairs = pairs
        self.distance = distance
        points = Self.spiral(count).map { Point(x: $0.x * distance, y: $0.y * distance) }
        // Twice as wide as nodes in a square would take.
        side = distance * (Double(count).squareRoot() * 1.6 + 1)
        var heat = side / 6
        let cooling = heat / Double(Self.rounds)
        for _ in 0..<Self.rounds {
            move(heat)
            heat -= cooling
        }
        fit()
    }

    /// Whole steps around the middle: no two at one place, and no two distances from it quite alike.
    private static func spiral(_ count: Int) -> [Point] {
        var points: [Point] = []
        var (x, y, dx, dy, length, walked, turns) = (0.0, 0.0, 1.0, 0.0, 1, 0, 0)
        for number in 0..<count {
            points.append(Point(x: x + Double(number % 7) / 50, y: y + Double(number % 11) / 70))
            (x, y, walked) = (x + dx, y + dy, walked + 1)
            if walked == length {
                (dx, dy, walked, turns) = (-dy, dx, 0, turns + 1)
                if turns % 2 == 0 { length += 1 }
            }
        }
        return points
    }

    private mutating func move(_ heat: Double) {
        var shifts = Array(repeating: Point(x: 0, y: 0), count: points.count)
        for one in points.indices {
            for other in points.indices.dropFirst(one + 1) {
                let (dx, dy, length) = difference(one, other)
                let force = distance * distance / length / length
                shifts[one].x += dx * force
                shifts[one].y += dy * force
                shifts[other].x -= dx * force
                shifts[other].y -= dy * force
            }
        }
        for (one, other) in pairs {
            let (dx, dy, length) = difference(one, other)
            let force = length / distance
            shifts[one].x -= dx * force
            shifts[one].y -= dy * force
            shifts[other].x += dx * force
            shifts[other].y += dy * force
        }
        let middle = center
        for place in points.indices {
            // A pull to the middle keeps parts that nothing connects from drifting away.
            shifts[place].x += (middle.x - points[place].x) * 0.08
            shifts[place].y += (middle.y - points[place].y) * 0.08
            let length = max(Self.length(shifts[place].x, shifts[place].y), 1e-9)
            points[place].x += shifts[place].x / length * min(length, heat)
            points[place].y += shifts[place].y / length * min(length, heat)
        }
    }

    private var center: Point {
        let count = Double(max(points.count, 1))
        return Point(x: points.reduce(0) { $0 + $1.x } / count, y: points.reduce(0) { $0 + $1.y } / count)
    }

    private func difference(_ one: Int, _ other: Int) -> (dx: Double, dy: Double, length: Double) {
        let (dx, dy) = (points[one].x - points[other].x, points[one].y - points[other].y)
        return (dx, dy, max(Self.length(dx, dy), distance / 100))
    }

    private static func length(_ x: Double, _ y: Double) -> Double { (x * x + y * y).squareRoot() }

    /// Moves and stretches all into the drawing.
    private mutating func fit() {
        guard let left = points.map(\.x).min(), let right = points.map(\.x).max(),
            let top = points.map(\.y).min(), let bottom = points.map(\.y).max()
        else { return }
        let width = max(right - left, bottom - top, 1)
        for place in points.indices {
            let x = (points[place].x - left + (width - right + left) / 2) / width
            let y = (points[place].y - top + (width - bottom + top) / 2) / width
            points[place] = Point(x: min(max(x, 0), 1) * side, y: min(max(y, 0), 1) * side)
        }
    }
}
