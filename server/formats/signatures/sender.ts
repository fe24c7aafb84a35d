import type { Email } from 'postal-mime';
import { isFreeMail, normaliseEmail } from '../normalise/email.ts';
import { DEPARTMENT, ORGANIZATION_HEAD } from './vocabulary.ts';
import { nameWords, organizationScore, type Sender } from './words.ts';

/** Who a message says that it is from, in words. */
export function senderOf(mail: Email): Sender {
  const { name: written = '', address = '' } = mail.from ?? {};
  const email = normaliseEmail(address ?? '') ?? '';
  const [local = '', host = ''] = email.split('@');
  const name = personIn(written.slice(0, 200), host);
  const shown = name.includes('@') || isOrganization(name) ? [] : nameWords(name).filter((word) => word.length > 1);
  const words = shown.length > 0 ? shown : local.split(/[^\p{L}]+/u).filter((word) => word !== '');
  return { words, named: shown.length > 0, domain: isFreeMail(host) ? '' : host };
}

/** "Marie Dupont | Acme", "Laurent (Garage du Pont)", "Acme - Marie Dupont": of a display name what names a person. */
function personIn(name: string, host: string): string {
  const bare = name.replace(/\s*\([^()]*\)\s*/g, ' ').trim() || name;
  const parts = bare.split(/\s*[|•·]\s*|\s+[–—/-]\s+|\s+(?:chez|from|via)\s+/iu).filter(Boolean);
  return (
    parts.find((part) => organizationScore(part, isFreeMail(host) ? '' : host) < 0.5 && !isOrganization(part)) ?? bare
  );
}

/** "Étude Aubin", "Direction Générale": what signs below is somebody's own name. */
const isOrganization = (name: string): boolean =>
  ORGANIZATION_HEAD.test(name) ||
  DEPARTMENT.test(name) ||
  /^(?:notre|votre|unser|our|the|team|[ée]quipe|direction)\b/iu.test(name);
