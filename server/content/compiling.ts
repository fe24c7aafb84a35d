import type { Block, Saying } from './blocks-contract.ts';
import { check, type Surroundings } from './checking/check.ts';
import { notTakenIn } from './checking/clients.ts';
import { checkPage } from './checking/page.ts';
import { checkSms, checkTemplate } from './checking/short.ts';
import type { Finding } from './contract.ts';
import type { Kind } from './kinds-contract.ts';
import { type Compiled, compile } from './rendering/compile.ts';
import type { Material } from './rendering/html.ts';
import { compilePage } from './rendering/page.ts';
import { compileLetter } from './rendering/sheet.ts';
import { compileSms, compileTemplate } from './rendering/short.ts';
import type { HouseRules } from './style-contract.ts';

const noTemplate = { name: '', locale: '', category: 'utility', body: '', parameters: [] } as const;

/** What is said in one language, made ready: each kind in its own manner. */
export async function compileAs(kind: Kind, saying: Saying, material: Material): Promise<Compiled> {
  if (kind === 'sms') return compileSms(saying, material.language);
  if (kind === 'whatsapp')
    return compileTemplate({
      ...(saying.template ?? noTemplate),
      parameters: [...(saying.template?.parameters ?? [])],
    });
  if (kind === 'page') return compilePage(saying, material);
  if (kind === 'letter') return compileLetter(saying, material);
  return compile(saying, material);
}

/** What some program that people read mail in does not take. */
const clientFindings = (html: string): Finding[] =>
  notTakenIn(html).map(({ feature, clients }) => ({
    ...{ kind: 'not_taken', weight: 'advice', blockId: null, about: feature },
    instead: clients.join(' '),
  }));

/** A letter has no need of a subject, nor of a short one. */
const ofMail: ReadonlySet<Finding['kind']> = new Set(['no_subject', 'long_subject']);

/** What is to be mended in it. @param html of a mail, as it was made ready @param size its octets, as somebody gets it */
export function checkAs(
  kind: Kind,
  saying: Saying,
  { language, images, parts }: Material,
  rules: HouseRules,
  html: string,
  size = Buffer.byteLength(html),
): Finding[] {
  const around: Surroundings = { language, rules, images: new Set(images.keys()), parts, size };
  if (kind === 'sms') return checkSms(saying as Saying & { blocks: Block[] }, around);
  if (kind === 'whatsapp') return checkTemplate(saying.template, around);
  if (kind === 'page') return checkPage(saying, around);
  if (kind === 'letter') return check(saying, { ...around, size: null }).filter((one) => !ofMail.has(one.kind));
  return [...check(saying, around), ...clientFindings(html)];
}
