extension SecureConnection {
    /// Returns the frames of a message.
    mutating func seal(_ message: [UInt8]) throws -> [Event] {
        let id = nextMessageID
        nextMessageID += 1
        var events: [Event] = []
        for index in 0..<MessageChunk.count(forByteCount: message.count) {
            events.append(try seal(.chunk(MessageChunk(of: message, messageID: id, index: index))))
        }
        return events
    }

    /// Returns the frame of one record under the present key.
    mutating func seal(_ record: Record) throws -> Event {
        guard let frame = try session?.sending.seal(record.bytes) else {
            throw SecureChannelError(.notOpen, "there are no session keys yet")
        }
        return .transmit(frame)
    }

    /// Takes one frame in any phase.
    mutating func process(_ frame: consuming [UInt8], at now: Duration) throws -> [Event] {
        try requireNotClosed()
        guard frame.count <= SecureChannelLimits.maximumFrameByteCount else {
            throw SecureChannelError(
                .recordRefused,
                "a frame has at most \(SecureChannelLimits.maximumFrameByteCount) bytes, got \(frame.count)")
        }
        switch (role, phase) {
        case (.responder, .new): return try acceptFirstMessage(frame, at: now)
        case (.initiator, .awaitingResponse): return try acceptResponse(frame, at: now) + [.confirmed]
        case (_, .awaitingConfirmation), (_, .open):
            try requireYoungKeys(at: now)
            return try acceptRecord(frame, at: now) + rekeyIfDue(at: now)
        case (_, .new), (_, .awaitingResponse), (_, .closed):
            throw SecureChannelError(.unexpectedRecord, "a frame before this end has sent its first")
        }
    }

    private mutating func acceptRecord(_ frame: consuming [UInt8], at now: Duration) throws -> [Event] {
        let opened = try open(frame)
        let record = try Record(opened.plaintext)
        // The initiator's first record under a key is its confirmation, and no other record is one.
        guard (record == .confirmation) == (role == .responder && opened.isFirstOfKey) else {
            throw SecureChannelError(
                .unexpectedRecord, "the initiator's first record under a key, and no other, confirms it")
        }
        switch record {
        case .confirmation:
            if phase == .open { return [.rekeyed] }
            phase = .open
            return [.confirmed]
        case .chunk(let chunk):
            let message = try assembler.accept(chunk, maximumMessageByteCount: maximumMessageByteCount)
            return message.map { [.message($0)] } ?? []
        case .rekeyRequest(let request): return try acceptRekeyRequest(request, at: now)
        case .rekeyResponse(let response):
            guard pendingHandshake != nil else {
                throw SecureChannelError(.unexpectedRecord, "an answer with new keys that nobody asked for")
            }
            return try acceptResponse(response, at: now) + [.rekeyed]
        }
    }

    /// Opens a frame with the present key or, at a responder whose new key is unconfirmed, with the old one.
    private mutating func open(
        _ frame: consuming [UInt8]
    ) throws -> (plaintext: [UInt8], isFirstOfKey: Bool) {
        // Opened in its own memory, unless it may have to be opened again.
        let kept = previousReceiving == nil ? [] : copy frame
        do {
            guard let plaintext = try session?.receiving.open(frame) else {
                throw SecureChannelError(.notOpen, "there are no session keys yet")
            }
            previousReceiving = nil
            return (plaintext, session?.receiving.messageCount == 1)
        } catch {
            guard let plaintext = try previousReceiving?.open(kept) else { throw error }
            return (plaintext, false)
        }
    }

    func requireNotClosed() throws(SecureChannelError) {
        guard phase != .closed else {
            throw SecureChannelError(.closed, "the connection has ended; connect anew")
        }
    }

    func requireYoungKeys(at now: Duration) throws(SecureChannelError) {
        guard session == nil || now - sessionStart <= keyLimits.maximumKeyAge else {
            throw SecureChannelError(
                .keysExhausted,
                "session keys are used for at most \(keyLimits.maximumKeyAge), and no new ones came")
        }
    }
}
