import { AwsV4Signer } from 'aws4fetch';
import { z } from 'zod';
import { passingTrouble, Trouble } from '../../connectors/connector.ts';
import { type Access, type Kind, nothingRefused } from '../kind.ts';
import { csvOf, fileName } from './csv.ts';
import { address } from './http.ts';

const settings = z.object({
  /** Of the service, without the bucket: `https://s3.eu-west-3.amazonaws.com`, a MinIO of one's own. */
  endpoint: address,
  region: z
    .string()
    .trim()
    .max(50)
    .regex(/^[a-z0-9-]+$/)
    .default('us-east-1'),
  bucket: z
    .string()
    .trim()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
  /** Before the names of files: a folder. */
  prefix: z
    .string()
    .trim()
    .max(500)
    .regex(/^[\w./-]*$/)
    .refine((text) => !text.split('/').includes('..'))
    .default(''),
});
const secret = z.object({
  accessKeyId: z.string().trim().min(1).max(200),
  secretAccessKey: z.string().trim().min(1).max(500),
});
type S3Access = Access<z.output<typeof settings>, z.output<typeof secret>>;

/** Asks for an object of the bucket by its path (path style, which all of these services answer). */
async function ask(access: S3Access, method: 'HEAD' | 'PUT', key: string, body?: string): Promise<Response> {
  const { settings: to, secret: held, guarded, signal } = access;
  const url = `${to.endpoint.replace(/\/$/, '')}/${to.bucket}${key === '' ? '' : `/${key}`}`;
  // Signature Version 4 ("Authenticating Requests: Using the Authorization Header", Amazon S3 API Reference), the body's hash included.
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'text/csv; charset=utf-8' };
  const hash = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(body ?? ''))).toString('hex');
  const signed = await new AwsV4Signer({
    ...{ ...held, service: 's3', region: to.region, method, url },
    headers: { ...type, 'x-amz-content-sha256': hash },
    ...(body !== undefined && { body }),
  }).sign();
  return guarded.fetch(String(signed.url), {
    method,
    headers: { 'user-agent': 'Entregent', ...Object.fromEntries(signed.headers) },
    ...(body !== undefined && { body }),
    ...{ seconds: 60, limit: 64 * 1024, signal },
  });
}

async function check(answer: Response): Promise<void> {
  await answer.body?.cancel();
  const { status } = answer;
  if (status >= 200 && status < 300) return;
  if (status === 403) throw new Trouble('refused');
  if (status === 404) throw new Trouble('place_gone');
  // The bucket is kept in another region.
  if (status >= 300 && status < 400) throw new Trouble('elsewhere');
  throw passingTrouble(answer) ?? new Trouble('malformed');
}

/** Files of what differs, as objects of a bucket (Amazon S3, or what speaks like it). */
export const s3: Kind<z.output<typeof settings>, z.output<typeof secret>> = {
  kind: 's3',
  settings,
  secret,
  whole: true,
  together: 5000,
  pace: 0,
  keyOf: ({ id }) => id,
  async check(access) {
    // HeadBucket (Amazon S3 API Reference): whether it is there and may be used.
    await check(await ask(access, 'HEAD', ''));
    return access.settings;
  },
  async send(access, batch) {
    const { prefix } = access.settings;
    const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
    await check(await ask(access, 'PUT', `${folder.replace(/^\//, '')}${fileName(batch)}`, csvOf(batch)));
    return nothingRefused;
  },
};
