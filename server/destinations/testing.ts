import { createHash, createHmac, generateKeyPairSync, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Server, utils } from 'ssh2';

/** A question that a fake was asked. */
export interface Asked {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A server on loopback that answers as told. */
export async function openFake(answer: (asked: Asked, to: ServerResponse) => void) {
  const asked: Asked[] = [];
  const server = createServer((request: IncomingMessage, to) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const one = {
        ...{ method: request.method ?? '', url: request.url ?? '', headers: request.headers },
        body: Buffer.concat(pieces).toString('utf8'),
      };
      asked.push(one);
      answer(one, to);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/** Whether a question is signed as Amazon S3 asks for ("Authenticating Requests: Using the Authorization Header"), by a reading of our own. */
export function isSignedForS3({ method, url, headers, body }: Asked, secretAccessKey: string): boolean {
  const read =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\w{64})$/;
  const [, day = '', region = '', signed = '', signature = ''] = read.exec(headers.authorization ?? '') ?? [];
  if (!signature || headers['x-amz-content-sha256'] !== sha256(body)) return false;
  const [path = '', query = ''] = url.split('?');
  const canonical = [
    ...[method, path, query],
    ...signed.split(';').map((name) => `${name}:${String(headers[name]).trim()}`),
    ...['', signed, sha256(body)],
  ].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return timingSafeEqual(Buffer.from(signature), Buffer.from(hmac(key, toSign).toString('hex')));
}

/** A server of SFTP on loopback, of the library's own, that keeps its files in a folder. */
export async function openSftp(folder: string, { username, password }: { username: string; password: string }) {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    ...{ publicKeyEncoding: { type: 'pkcs1', format: 'pem' }, privateKeyEncoding: { type: 'pkcs1', format: 'pem' } },
  });
  mkdirSync(join(folder, 'in'), { recursive: true });
  const { OK, FAILURE, NO_SUCH_FILE } = utils.sftp.STATUS_CODE;
  const inside = (path: string) => join(folder, path);
  const server = new Server({ hostKeys: [privateKey as unknown as string] }, (client) => {
    client.on('error', () => {});
    client.on('authentication', (way) => {
      const known = way.method === 'password' && way.username === username && way.password === password;
      if (known) way.accept();
      else way.reject(['password']);
    });
    client.on('session', (accept) =>
      accept().on('sftp', (open) => {
        const sftp = open();
        const files = new Map<number, number>();
        const doing = (id: number, work: () => void) => {
          try {
            work();
            sftp.status(id, OK);
          } catch (error) {
            sftp.status(id, (error as { code?: string }).code === 'ENOENT' ? NO_SUCH_FILE : FAILURE);
          }
        };
        sftp.on('OPEN', (id, path) => {
          const file = openSync(inside(path), 'w');
          files.set(file, file);
          const handle = Buffer.alloc(4);
          handle.writeUInt32BE(file);
          sftp.handle(id, handle);
        });
        sftp.on('WRITE', (id, handle, offset, data) =>
          doing(id, () => void writeSync(handle.readUInt32BE(), data, 0, data.length, offset)),
        );
        sftp.on('CLOSE', (id, handle) => doing(id, () => closeSync(handle.readUInt32BE())));
        sftp.on('RENAME', (id, from, to) => doing(id, () => renameSync(inside(from), inside(to))));
        sftp.on('STAT', (id, path) => {
          try {
            const { mode, size } = statSync(inside(path));
            sftp.attrs(id, { mode, size, uid: 0, gid: 0, atime: 0, mtime: 0 });
          } catch {
            sftp.status(id, NO_SUCH_FILE);
          }
        });
        sftp.on('FSTAT', (id) => sftp.status(id, utils.sftp.STATUS_CODE.OP_UNSUPPORTED));
        sftp.on('FSETSTAT', (id) => sftp.status(id, OK));
      }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, close: () => server.close() };
}
