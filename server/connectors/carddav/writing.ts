import { Trouble, type Writing } from '../connector.ts';
import { ask, type DavAccess } from '../dav/client.ts';
import { getResource, stateOf } from '../dav/collection.ts';
import type { Secret, Settings } from '../dav/settings.ts';
import { addressBooks } from './reading.ts';

const getCard = (access: DavAccess, url: string) => getResource(access, url, addressBooks.mediaType);

/** An ETag by which a server promises to compare (RFC 9110, 8.8.3); others are compared here. */
const isStrong = (etag: string | null): etag is string => etag?.startsWith('"') === true;

/**
 * What is written rests on what stands there: it is fetched, and must be what was read last. Where the server keeps strong ETags it sees to it
 * that nobody comes in between (If-Match).
 */
export const writing: Writing<Settings, Secret> = {
  keyFor: (place, uid) => `${new URL(place).pathname}${encodeURIComponent(uid)}.vcf`,

  async put(access, place, { key, state, write }) {
    const url = new URL(key, place).href;
    const there = await getCard(access, url);
    if (state === null ? there !== null : !there || stateOf(there.etag, there.octets) !== state)
      return { kind: 'moved' };
    const octets = write(there?.octets ?? null);
    if (there && octets === there.octets) return { kind: 'same', state };
    const only: Record<string, string> = there
      ? isStrong(there.etag)
        ? { 'if-match': there.etag }
        : {}
      : { 'if-none-match': '*' };
    const headers = { 'content-type': 'text/vcard; charset=utf-8', ...only };
    const { answer } = await ask(access, url, { method: 'PUT', headers, body: octets });
    const outcome = await judge(answer);
    const etag = answer.headers.get('etag');
    // Without a tag the server has written it otherwise than it was sent, or does not say (RFC 6352, 6.3.2.3): it is read anew.
    return outcome === 'done' ? { kind: 'written', state: isStrong(etag) ? etag : null } : { kind: outcome };
  },

  async remove(access, place, key, state) {
    const url = new URL(key, place).href;
    const there = await getCard(access, url);
    if (!there) return { kind: 'written', state: null };
    if (stateOf(there.etag, there.octets) !== state) return { kind: 'moved' };
    const headers: Record<string, string> = isStrong(there.etag) ? { 'if-match': there.etag } : {};
    const { answer } = await ask(access, url, { method: 'DELETE', headers });
    const outcome = answer.status === 404 ? 'done' : await judge(answer);
    return outcome === 'done' ? { kind: 'written', state: null } : { kind: outcome };
  },
};

async function judge(answer: Response): Promise<'done' | 'moved' | 'refused'> {
  const { status } = answer;
  await answer.body?.cancel();
  if (status >= 200 && status < 300) return 'done';
  if (status === 412) return 'moved';
  if (status === 403 || status === 405) throw new Trouble('forbidden');
  return 'refused';
}
