"""A second implementation of the channel, on the Noise framework of PyPI's noiseprotocol, for tests.

Usage: peer.py initiator|responder PSK|-

Speaks lines of `WORD HEX` over standard input and output:

    key      out  this peer's static public key
    peer     in   the other end's static public key
    frame    both one frame
    hash     out  the handshake hash of a session that has begun
    rekey    in   (initiator) begin a change of keys
    error    out  what the peer refused; it ends then

Every whole message that arrives is answered by the same message reversed.
"""

import os
import sys

from noise.connection import Keypair, NoiseConnection
from noise.exceptions import NoiseInvalidMessage

PROLOGUE = b"atoll.1"
CHUNK_BYTE_COUNT = 65472
CHUNK, REKEY_REQUEST, REKEY_RESPONSE, CONFIRMATION = 1, 2, 3, 4


def say(word, data):
    print(word, bytes(data).hex(), flush=True)


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def take_varint(data):
    value = 0
    for position, byte in enumerate(data):
        value |= (byte & 0x7F) << (7 * position)
        if byte < 0x80:
            return value, data[position + 1 :]
    raise ValueError("a number ends early")


class Peer:
    def __init__(self, is_initiator, psk):
        self.is_initiator = is_initiator
        self.psk = psk
        self.private = os.urandom(32)
        self.remote = None
        self.session = None
        self.previous = None
        self.pending = None
        self.next_message_id = 0
        self.chunks = []

    def handshake(self, prologue):
        name = b"Noise_IKpsk2_25519_ChaChaPoly_BLAKE2b" if self.psk else b"Noise_IK_25519_ChaChaPoly_BLAKE2b"
        connection = NoiseConnection.from_name(name)
        connection.set_prologue(prologue)
        if self.psk:
            connection.set_psks(psk=self.psk)
        connection.set_keypair_from_private_bytes(Keypair.STATIC, self.private)
        if self.is_initiator:
            connection.set_as_initiator()
            connection.set_keypair_from_public_bytes(Keypair.REMOTE_STATIC, self.remote)
        else:
            connection.set_as_responder()
        connection.start_handshake()
        return connection

    def public(self):
        self.remote = bytes([9]) + bytes(31)
        return self.handshake(b"").noise_protocol.keypairs["s"].public_bytes

    def rekey_prologue(self):
        return b"atoll rekey" + bytes(self.session.get_handshake_hash())

    def begin(self, connection):
        self.session = connection
        say("hash", connection.get_handshake_hash())

    def seal(self, plaintext):
        say("frame", self.session.encrypt(plaintext))

    def send(self, message):
        count = max(1, -(-len(message) // CHUNK_BYTE_COUNT))
        for index in range(count):
            header = bytes([CHUNK]) + varint(self.next_message_id) + varint(index) + varint(count)
            if index == 0:
                header += varint(len(message))
            self.seal(header + message[index * CHUNK_BYTE_COUNT : (index + 1) * CHUNK_BYTE_COUNT])
        self.next_message_id += 1

    def start(self):
        if self.is_initiator:
            self.pending = self.handshake(PROLOGUE)
            say("frame", self.pending.write_message())

    def rekey(self):
        self.pending = self.handshake(self.rekey_prologue())
        self.seal(bytes([REKEY_REQUEST]) + self.pending.write_message())

    def receive(self, frame):
        if self.session is None and not self.is_initiator:
            connection = self.handshake(PROLOGUE)
            assert connection.read_message(frame) == b""
            assert connection.noise_protocol.handshake_state.rs.public_bytes == self.remote
            say("frame", connection.write_message())
            self.begin(connection)
        elif self.session is None:
            self.finish(frame)
        else:
            self.accept(self.open(frame))

    def open(self, frame):
        if self.previous is None:
            return self.session.decrypt(frame)
        try:
            plaintext = self.session.decrypt(frame)
            self.previous = None
            return plaintext
        except NoiseInvalidMessage:
            return self.previous.decrypt(frame)

    def finish(self, message):
        connection, self.pending = self.pending, None
        assert connection.read_message(message) == b""
        self.begin(connection)
        self.seal(bytes([CONFIRMATION]))

    def accept(self, record):
        kind, rest = record[0], record[1:]
        if kind == CHUNK:
            _, rest = take_varint(rest)
            index, rest = take_varint(rest)
            count, rest = take_varint(rest)
            if index == 0:
                self.total, rest = take_varint(rest)
            assert index == len(self.chunks)
            self.chunks.append(rest)
            if index + 1 == count:
                message, self.chunks = b"".join(self.chunks), []
                assert len(message) == self.total
                self.send(message[::-1])
        elif kind == REKEY_REQUEST:
            connection = self.handshake(self.rekey_prologue())
            assert connection.read_message(rest) == b""
            self.seal(bytes([REKEY_RESPONSE]) + connection.write_message())
            self.previous = self.session
            self.begin(connection)
        elif kind == REKEY_RESPONSE:
            self.finish(rest)
        else:
            assert kind == CONFIRMATION and rest == b"" and not self.is_initiator


def main():
    psk = None if sys.argv[2] == "-" else bytes.fromhex(sys.argv[2])
    peer = Peer(sys.argv[1] == "initiator", psk)
    say("key", peer.public())
    for line in sys.stdin:
        word, _, text = line.strip().partition(" ")
        data = bytes.fromhex(text)
        try:
            if word == "peer":
                peer.remote = data
                peer.start()
            elif word == "frame":
                peer.receive(data)
            elif word == "rekey":
                peer.rekey()
        except Exception as error:
            say("error", repr(error).encode())
            return


main()
