import Testing

@testable import Upstream

@Suite("A queue over a ring")
struct RingQueueTests {
    @Test("in order, whatever it has to grow to, and small again afterwards")
    func order() {
        var queue = RingQueue<[Int]>()
        var next = 0
        for number in 0..<5000 {
            queue.append([number])
            if number % 3 == 0 {
                #expect(queue.removeFirst() == [next])
                next += 1
            }
        }
        #expect(queue.first == [next] && queue.last == [4999] && queue[1] == [next + 1])
        while !queue.isEmpty {
            #expect(queue.removeFirst() == [next])
            next += 1
        }
        #expect(queue.capacity > 1024)
        queue.shrink(to: 1024)
        #expect(queue.capacity <= 1024)
        queue.append([1])
        #expect(queue.removeFirst() == [1])
    }
}
