import { isUtf8 } from 'node:buffer';
import { fileTypeFromBuffer } from 'file-type';
import { looksBinary } from '../../formats/text.ts';

/** What a file is, and what may be done with it. */
export interface FileJudgement {
  /** By its octets, whatever it is said to be. */
  mediaType: string;
  /** Its claim (media type, name) fits its octets. */
  agrees: boolean;
  /** May be shown within our pages; everything else is a download. */
  inline: boolean;
  /** Runs when it is opened: a program, a script, a page. */
  dangerous: boolean;
}

/** Shown by browsers without running anything. */
const shown = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'audio/mpeg',
  'audio/ogg',
  'audio/wav',
  'audio/mp4',
  'audio/x-m4a',
  'audio/aac',
  'video/mp4',
  'video/webm',
  'application/pdf',
  'text/plain',
]);

/** Names of what operating systems run, or open in a program that does. */
const runs =
  /\.(?:app|apk|bat|chm|cmd|com|cpl|dll|dmg|docm|exe|gadget|hta|htm|html|img|iso|jar|js|jse|lnk|mjs|msi|msix|msp|pif|pkg|pptm|ps1|psm1|py|reg|scf|scr|sh|svg|svgz|sys|url|vbe|vbs|vhd|vhdx|ws|wsf|wsh|xhtml|xlam|xlsm|xml|xsl|xslt)[\s.]*$/i;
const programs =
  /^application\/(?:x-msdownload|x-elf|x-mach-binary|x-msi|x-apple-diskimage|java-vm|java-archive|vnd\.android\.package-archive|x-ms-shortcut|x-iso9660-image|wasm|vnd\.microsoft\.portable-executable|x-executable|x-sh|x-bat|hta)$/;
/** Pages, and what browsers read as such. What stands before them is read in one way only: in several, a few hundred octets would take years. */
const page =
  /^(?:\s|<!--(?:(?!-->)[\s\S]){0,5000}-->|<\?xml[^>]{0,500}\?>)*<(?:!doctype\s+(?:html|svg)|html|head|body|script|svg|iframe|title|meta|style|img|a|table|div|p)\b/i;

/** Octets that are looked at. */
const head = 65_536;

/** @param claimed media type as the other side says it; empty: not said */
export async function judgeFile(name: string, claimed: string, content: Uint8Array): Promise<FileJudgement> {
  const mediaType = await typeOf(content);
  const dangerous =
    runs.test(name.trim()) ||
    programs.test(mediaType) ||
    programs.test(bare(claimed)) ||
    /html|svg|script/.test(mediaType);
  return {
    mediaType,
    agrees: claim(claimed, mediaType) && claimOfName(name, mediaType),
    inline: shown.has(mediaType) && !dangerous,
    dangerous,
  };
}

const bare = (mediaType: string): string => (mediaType.split(';')[0] ?? '').trim().toLowerCase();

async function typeOf(content: Uint8Array): Promise<string> {
  const start = content.subarray(0, head);
  const text = new TextDecoder('utf-8').decode(start);
  if (/^#!/.test(text)) return 'application/x-sh';
  if (page.test(text)) return /<svg\b/i.test(text.slice(0, 6000)) ? 'image/svg+xml' : 'text/html';
  // A broken file is none of the kinds that it broke off in.
  const found = await fileTypeFromBuffer(content).catch(() => undefined);
  if (found) return found.mime.split(';')[0]!.trim();
  if (content.length > 0 && (isUtf8(content) || !looksBinary(start))) return 'text/plain';
  return 'application/octet-stream';
}

/** Kinds whose files are of another kind at the same time: what one program calls by its own name. */
const wraps: [RegExp, RegExp][] = [
  [/^application\/zip$/, /openxmlformats|opendocument|epub|x-zip|^application\/(?:zip|vnd\.|x-iwork)/],
  [/^application\/x-cfb$/, /msword|ms-excel|ms-powerpoint|ms-outlook|x-msi|visio/],
  [/^text\/plain$/, /^text\/(?!html)|json|x-www-form|rfc822|calendar|vcard|csv|yaml|pgp|pkcs7|x-tex|rtf/],
  [/^(?:audio|video)\//, /^(?:audio|video)\//],
  [/^application\/ogg$/, /^(?:audio|video)\/|^application\/ogg$/],
  [/^image\/jpeg$/, /^image\/(?:jpg|pjpeg|jpeg)$/],
  [/^image\/hei[cf]$/, /^image\/hei[cf](?:-sequence)?$/],
  [/xml$/, /xml/],
  [/gzip$/, /gzip/],
  [/rtf$/, /rtf/],
];

function claim(claimed: string, is: string): boolean {
  const said = bare(claimed);
  if (said === '' || said === 'application/octet-stream' || said === 'binary/octet-stream' || said === is) return true;
  return wraps.some(([octets, allowed]) => octets.test(is) && allowed.test(said));
}

const byName: [RegExp, RegExp][] = [
  [/\.png$/i, /^image\/(?:png|apng)$/],
  [/\.jpe?g$/i, /^image\/jpeg$/],
  [/\.gif$/i, /^image\/gif$/],
  [/\.webp$/i, /^image\/webp$/],
  [/\.pdf$/i, /^application\/pdf$/],
  [/\.(?:docx|xlsx|pptx)$/i, /openxmlformats|^application\/zip$/],
  [/\.(?:txt|csv|md)$/i, /^text\/plain$/],
  [/\.(?:mp3|ogg|oga|m4a|wav|opus)$/i, /^audio\/|^video\/(?:mp4|ogg)$|^application\/ogg$/],
  [/\.(?:mp4|webm|mov)$/i, /^video\/|^audio\/(?:mp4|x-m4a)$/],
];

const claimOfName = (name: string, is: string): boolean =>
  byName.every(([ending, kinds]) => !ending.test(name.trim()) || kinds.test(is));
