import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** What a name has; of a name that is missing there is nothing (NXDOMAIN). `fails` answers SERVFAIL, `silent` not at all. */
export interface Zone {
  [name: string]: {
    txt?: string[];
    a?: string[];
    aaaa?: string[];
    mx?: [number, string][];
    fails?: true;
    silent?: true;
  };
}

/** A name server on loopback (RFC 1035) that knows a zone; it may be changed while it runs. */
export async function openNameServer(zone: Zone) {
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const answer = answerTo(query, zone);
    if (answer) socket.send(answer, port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    zone,
    address: `127.0.0.1:${socket.address().port}`,
    close: () => new Promise<void>((done) => socket.close(() => done())),
  };
}

const types = { 1: 'a', 15: 'mx', 16: 'txt', 28: 'aaaa' } as const;

function answerTo(query: Buffer, zone: Zone): Buffer | null {
  const labels: string[] = [];
  let at = 12;
  while (query[at]! > 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + query[at]!));
    at += 1 + query[at]!;
  }
  const type = query.readUInt16BE(at + 1);
  const question = query.subarray(12, at + 5);
  const entry = zone[labels.join('.').toLowerCase()];
  if (entry?.silent) return null;
  const records = entry && !entry.fails ? recordsOf(entry, types[type as 1]) : [];
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8580 | (entry ? (entry.fails ? 2 : 0) : 3), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  const answers = records.map((data) => {
    const head = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, data.length >> 8, data.length & 255]);
    return Buffer.concat([head, data]);
  });
  return Buffer.concat([header, question, ...answers]);
}

function recordsOf(entry: Zone[string], type: 'a' | 'aaaa' | 'mx' | 'txt' | undefined): Buffer[] {
  if (type === 'a') return (entry.a ?? []).map((ip) => Buffer.from(ip.split('.').map(Number)));
  if (type === 'aaaa') return (entry.aaaa ?? []).map(sixteen);
  if (type === 'mx')
    return (entry.mx ?? []).map(([priority, name]) =>
      Buffer.concat([Buffer.from([priority >> 8, priority & 255]), named(name)]),
    );
  if (type === 'txt') return (entry.txt ?? []).map(pieces);
  return [];
}

/** An IPv6 address of which all groups are written. */
const sixteen = (ip: string): Buffer =>
  Buffer.from(
    ip
      .split(':')
      .map((group) => group.padStart(4, '0'))
      .join(''),
    'hex',
  );

const named = (name: string): Buffer =>
  Buffer.concat([
    ...name
      .split('.')
      .filter(Boolean)
      .map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.from([0]),
  ]);

const pieces = (text: string): Buffer =>
  Buffer.concat((text.match(/.{1,255}/gs) ?? ['']).map((piece) => Buffer.from([piece.length, ...Buffer.from(piece)])));
