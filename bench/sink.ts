import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A mail server on loopback that takes whatever comes and counts it: no more work than that, so that what sends is measured. */
export interface Sink {
  port: number;
  /** How often each recipient got something, by address. */
  taken: Map<string, number>;
  /** How many bore a signature (RFC 6376). */
  signed(): number;
  close(): void;
}

export async function openSink(): Promise<Sink> {
  const taken = new Map<string, number>();
  let signed = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // Broken off by whom it serves: that is what is tried.
    socket.on('error', () => {});
    converse(socket, (to, isSigned) => {
      taken.set(to, (taken.get(to) ?? 0) + 1);
      if (isSigned) signed++;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    taken,
    signed: () => signed,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** RFC 5321, as far as our own program speaks it. A mail counts once all of it has come, which is before its sender hears so. */
function converse(socket: Socket, take: (to: string, isSigned: boolean) => void): void {
  let [text, to, inData] = ['', '', false];
  const say = (line: string) => socket.write(`${line}\r\n`);
  const obey = (line: string): void => {
    const word = line.slice(0, 4).toUpperCase();
    if (word === 'EHLO') say('250-sink\r\n250 8BITMIME');
    else if (word === 'RCPT') {
      to = /<([^>]*)>/.exec(line)?.[1] ?? '';
      say('250 ok');
    } else if (word === 'DATA') {
      inData = true;
      say('354 go on');
    } else if (word === 'QUIT') socket.end('221 bye\r\n');
    else say('250 ok');
  };
  say('220 sink');
  socket.setEncoding('latin1');
  socket.on('data', (part: string) => {
    text += part;
    for (;;) {
      const end = text.indexOf(inData ? '\r\n.\r\n' : '\r\n');
      if (end === -1) return;
      const line = text.slice(0, end);
      text = text.slice(end + (inData ? 5 : 2));
      if (!inData) obey(line);
      else {
        inData = false;
        take(to, /^DKIM-Signature:/im.test(line));
        say('250 taken');
      }
    }
  });
}
