import type { ContactPhoto } from '../contact.ts';
import { type Draft, keepExtra, warn } from './draft.ts';
import { encodingOf, parameter, typesOf, type VcardProperty } from './property.ts';
import { base64Size, textOf } from './value.ts';

/**
 * The contact's picture: base64 (vCard 2.1, 3.0), `data:` (RFC 6350, 6.2.4), or a link, which is never fetched. One that is in the
 * card outranks a link; further ones are kept as extra.
 */
export function addPhoto(draft: Draft, property: VcardProperty): void {
  if (property.value.trim() === '') return;
  const photo = readPhoto(property, draft);
  const { contact } = draft;
  if (!photo) {
    warn(draft, 'photo.invalid', property.value);
    keepExtra(draft, property);
  } else if (contact.photo === undefined) {
    contact.photo = photo;
    draft.photo = property;
  } else if (contact.photo.url !== undefined && photo.url === undefined) {
    contact.photo = photo;
    if (draft.photo) keepExtra(draft, draft.photo);
    draft.photo = property;
  } else keepExtra(draft, property);
}

function readPhoto(property: VcardProperty, draft: Draft): ContactPhoto | undefined {
  const octets = draft.options.octets !== false;
  const declared = declaredType(property);
  if (encodingOf(property) === 'base64') return fromBase64(property.value, declared, octets);
  const text = textOf(property, draft.card);
  const inline = /^data:([^;,]*)((?:;[^;,]*)*),/i.exec(text);
  if (inline && /;base64$/i.test(inline[2]!))
    return fromBase64(text.slice(inline[0].length), inline[1] || declared, octets);
  if (inline) return fromText(text.slice(inline[0].length), inline[1] || declared, octets);
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) return { type: declared ?? typeOfPath(text) ?? 'image/*', size: 0, url: text };
  return /^[A-Za-z0-9+/\s]{40,}=*$/.test(text) ? fromBase64(text, declared, octets) : undefined;
}

/** The size is that of the octets; they are decoded only when asked for, but for the few that tell the type. */
function fromBase64(text: string, declared: string | undefined, octets: boolean): ContactPhoto | undefined {
  const size = base64Size(text);
  if (size === 0) return undefined;
  const head = Buffer.from(text.slice(0, 64), 'base64');
  const type = declared ?? typeOfOctets(head) ?? 'application/octet-stream';
  if (!octets) return { type, size };
  const data = new Uint8Array(Buffer.from(text, 'base64'));
  return data.length === 0 ? undefined : { type, size: data.length, data };
}

function fromText(text: string, declared: string | undefined, octets: boolean): ContactPhoto | undefined {
  try {
    const data = new TextEncoder().encode(decodeURIComponent(text));
    if (data.length === 0) return undefined;
    return { type: declared ?? 'image/*', size: data.length, ...(octets ? { data } : {}) };
  } catch {
    return undefined;
  }
}

/** "JPEG" of vCard 2.1 and 3.0, "image/png" of products, `MEDIATYPE` of RFC 6350, 5.7. */
function declaredType(property: VcardProperty): string | undefined {
  const media =
    parameter(property, 'MEDIATYPE') ??
    typesOf(property).find((type) => !/^(?:pref|home|work|uri|url|x-abcrop.*)$/.test(type));
  if (!media) return undefined;
  const type = media.toLowerCase();
  if (type.includes('/')) return type;
  return /^[a-z0-9+.-]{2,20}$/.test(type) ? `image/${type === 'jpg' ? 'jpeg' : type}` : undefined;
}

function typeOfPath(url: string): string | undefined {
  const extension = /\.(jpe?g|png|gif|webp|bmp|svg|heic)(?:[?#]|$)/i.exec(url)?.[1]?.toLowerCase();
  if (extension === undefined) return undefined;
  return extension === 'jpg' ? 'image/jpeg' : extension === 'svg' ? 'image/svg+xml' : `image/${extension}`;
}

function typeOfOctets(head: Buffer): string | undefined {
  const start = head.toString('latin1');
  if (start.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (start.startsWith('\x89PNG')) return 'image/png';
  if (start.startsWith('GIF8')) return 'image/gif';
  if (start.startsWith('BM')) return 'image/bmp';
  return start.startsWith('RIFF') && start.slice(8, 12) === 'WEBP' ? 'image/webp' : undefined;
}
