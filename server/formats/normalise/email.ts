import { domainToASCII } from 'node:url';
import { isPlain } from './fold.ts';

/**
 * An e-mail address as it is compared: lower case, domain in ASCII (RFC 5891), without `mailto:`, display name, angle brackets or
 * stray punctuation. Undefined when the value is no address that could receive mail from the Internet (RFC 5321, 4.1.2).
 *
 * The local part is lower-cased too: RFC 5321 lets a host tell case apart, no host in use does.
 */
export function normaliseEmail(raw: string): string | undefined {
  if (raw.length > 1000) return undefined;
  const plain = /^[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}$/.test(raw)
    ? raw
    : unwrap(raw);
  const at = plain.lastIndexOf('@');
  if (at < 1) return undefined;
  const local = plain.slice(0, at).normalize('NFC').toLowerCase();
  if (local.length > 64 || !LOCAL.test(local)) return undefined;
  const domain = asciiDomain(plain.slice(at + 1));
  return domain && local.length + domain.length < 254 ? `${local}@${domain}` : undefined;
}

/** Dot-atom of RFC 5322, 3.2.3, with the letters that RFC 6531 adds. */
const LOCAL = /^[^\s@"'<>()[\],:;\\.\p{C}](?:[^\s@"<>()[\],:;\\.\p{C}]*(?:\.[^\s@"<>()[\],:;\\.\p{C}]+)*)$/u;

function unwrap(raw: string): string {
  let text = raw.replace(/[\p{Cf}\p{Cc}]/gu, '').trim();
  text = /<([^<>]*@[^<>]*)>/.exec(text)?.[1] ?? text;
  if (/^mailto:/i.test(text)) text = unescapeUri(text.slice(7).split('?')[0]!);
  return text
    .trim()
    .replace(/^['"(]+|['")>,;.]+$/g, '')
    .trim();
}

function unescapeUri(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function asciiDomain(raw: string): string | undefined {
  const domain = /^[A-Za-z0-9.-]+$/.test(raw) ? raw.toLowerCase() : domainToASCII(raw);
  const valid = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})$/.test(domain);
  return valid && domain.length <= 253 ? domain : undefined;
}

const SHARED = new Set(
  `accounting accounts accueil achat achats admin administrateur administration adherents agence ask assistance association billing
  booking bookings boutique bureau cabinet candidature candidatures careers cfo clients comm commande commandes commercial commerciaux
  communication compta comptabilite compliance conseil contact contacts contactus contatti courrier customercare customerservice devis
  direction dpo dsi einkauf empfang enquiries enquiry equipe event events export facturation factures feedback finance formation
  gerance gestion hello help helpdesk hello hr hotline info infos information informations infoline inscription inscriptions it
  jobs juridique kontakt kundenservice legal livraison logistique magasin mail mairie marketing media medias membership newsletter
  office orders partenariat partenariats partners payroll personal personnel post poststelle presse press privacy production
  qualite reception recrutement recruiting recruitment redaction reklamation rgpd reservation reservations rh sales sav secretaire
  secretariat secretary security service services serviceclient serviceclients shop siege sponsoring stage standard store studio
  support team technique tech tourisme vente ventes verkauf verwaltung vertrieb webmaster welcome web`.split(/\s+/),
);

/** Whether several people read this box ("contact@", "compta@", "info-fr@"), so that it identifies no person. */
export function isSharedMailbox(email: string): boolean {
  const local = localPart(email);
  if (SHARED.has(local.replace(/[._-]/g, ''))) return true;
  const [first = '', second] = local.split(/[._-]/);
  return SHARED.has(first) && (second === undefined || second.length <= 3 || SHARED.has(second));
}

const ROBOT =
  /(?:^|[._-])(?:no-?_?\.?reply|do-?_?\.?not-?_?\.?reply|ne-?_?\.?pas-?_?\.?repondre|pas-?de-?reponse|keine-?antwort|nicht-?antworten|mailer-?daemon|postmaster|bounces?|no-?responder|no-?contestar|auto-?reply|automailer|notifications?|alert[ea]?s?|daemon|unsubscribe|listserv|majordomo)(?:$|[._-]|\d)/;

/** Whether a machine writes from here and nobody reads ("noreply@", "mailer-daemon@", "bounce-123@"). */
export function isRobot(email: string): boolean {
  return ROBOT.test(localPart(email));
}

function localPart(email: string): string {
  const at = email.lastIndexOf('@');
  const local = (at < 0 ? email : email.slice(0, at)).trim().toLowerCase();
  const plus = local.indexOf('+');
  const plain = plus < 0 ? local : local.slice(0, plus);
  return isPlain(plain) ? plain : plain.normalize('NFD').replace(/\p{M}/gu, '');
}

const FREE = new Set(
  `gmail.com googlemail.com outlook.com outlook.fr outlook.de outlook.be outlook.it outlook.es msn.com passport.com
  orange.fr wanadoo.fr free.fr sfr.fr neuf.fr cegetel.net club-internet.fr laposte.net bbox.fr numericable.fr noos.fr aliceadsl.fr
  voila.fr caramail.com dartybox.com 9online.fr tele2.fr libertysurf.fr nordnet.fr
  gmx.de gmx.net gmx.at gmx.ch gmx.com gmx.fr web.de t-online.de freenet.de arcor.de 1und1.de posteo.de mailbox.org online.de
  icloud.com me.com mac.com protonmail.com protonmail.ch proton.me pm.me tutanota.com tutanota.de tuta.io tuta.com
  fastmail.com fastmail.fm hushmail.com zoho.com mail.com email.com inbox.com
  libero.it virgilio.it alice.it tiscali.it tin.it fastwebnet.it telefonica.net terra.es
  skynet.be telenet.be proximus.be bluewin.ch hispeed.ch sunrise.ch chello.at aon.at
  btinternet.com sky.com virginmedia.com ntlworld.com talktalk.net blueyonder.co.uk
  comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net rocketmail.com ymail.com
  shaw.ca rogers.com sympatico.ca videotron.ca bigpond.com optusnet.com.au xtra.co.nz
  mail.ru bk.ru list.ru inbox.ru yandex.ru yandex.com rambler.ru wp.pl o2.pl onet.pl interia.pl seznam.cz centrum.cz abv.bg
  ziggo.nl kpnmail.nl xs4all.nl planet.nl hetnet.nl sapo.pt uol.com.br bol.com.br terra.com.br ig.com.br
  qq.com 163.com 126.com sina.com foxmail.com naver.com hanmail.net daum.net rediffmail.com`.split(/\s+/),
);

/** Families that exist under many national endings. */
const FREE_FAMILIES = /^(?:hotmail|live|yahoo|aol|ymail|windowslive)\.(?:[a-z]{2,3}|com?\.[a-z]{2})$/;

/** The same for who asks a database: domains, and a pattern that fits those of families. */
export const freeMail = { domains: [...FREE], families: FREE_FAMILIES.source } as const;

/** Whether anyone can get an address there, so that the domain says nothing of the employer. */
export function isFreeMail(domain: string): boolean {
  const plain = domain.trim().toLowerCase().replace(/^@/, '');
  return FREE.has(plain) || FREE_FAMILIES.test(plain);
}
