import { z } from 'zod';
import { contract, id, instant, nothing } from '../kernel/contract.ts';
import { language, partSaid, said, saying } from './blocks-contract.ts';
import { type Kind, kind, kinds } from './kinds-contract.ts';
import { variableKeys } from './variables-contract.ts';

const name = z
  .string()
  .trim()
  .min(1)
  .max(120)
  .refine((text) => text.isWellFormed() && !text.includes('\u0000'), 'text');

export const audience = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('mine') }),
  z.object({ kind: z.literal('team'), id }),
  z.object({ kind: z.literal('workspace') }),
]);
export type Audience = z.output<typeof audience>;
/** Who sees something: everybody, a team by its name, or whoever made it. */
const shownTo = z.object({ kind: z.enum(['mine', 'team', 'workspace']), id, name: z.string() });

export const content = z.object({
  id,
  name: z.string(),
  kind,
  audience: shownTo,
  owner: z.object({ id, name: z.string() }),
  /** I may change it. */
  mine: z.boolean(),
  languages: z.array(language),
  version: z.number().int(),
  changedAt: instant,
  changedBy: z.string(),
});
export type Content = z.output<typeof content>;

export const fullContent = content.extend({
  said,
  /** Counts savings: whoever saves says on top of which. */
  edition: z.number().int(),
});
export type FullContent = z.output<typeof fullContent>;

export const listContents = contract({
  name: 'content.listContents',
  method: 'GET',
  path: '/contents',
  summary: 'The contents that I see, the last changed first',
  access: 'member',
  scope: 'contacts:read',
  input: nothing,
  output: z.object({ items: z.array(content) }),
});
export const getContent = contract({
  name: 'content.getContent',
  method: 'GET',
  path: '/contents/:contentId',
  summary: 'A content with what it says',
  access: 'member',
  scope: 'contacts:read',
  input: z.object({ contentId: id }),
  output: fullContent,
});

/** What one may begin from. */
export const readyKeys = [
  'invitation',
  'newsletter',
  'birthday',
  'welcome',
  'satisfaction',
  'winback',
  'lostdeal',
  'selfupdate',
  'reminder_sms',
  'news_sms',
  'reminder_whatsapp',
  'question_page',
] as const;
export type ReadyKey = (typeof readyKeys)[number];
/** By which way a ready one goes: the end of its key says so. */
export const kindOfReady = (key: ReadyKey): Kind => kinds.find((one) => key.endsWith(`_${one}`)) ?? 'email';

export const addContent = contract({
  name: 'content.addContent',
  method: 'POST',
  path: '/contents',
  summary: 'Begins a content: empty, from a ready one, or from another that I see',
  access: 'member',
  scope: 'workspace:write',
  input: z.object({
    name,
    audience: audience.default({ kind: 'mine' }),
    /** By which way it goes, for good; left out: as what it begins from, else by mail. */
    kind: kind.optional(),
    ready: z.enum(readyKeys).optional(),
    contentId: id.optional(),
  }),
  output: z.object({ id }),
});
export const saveContent = contract({
  name: 'content.saveContent',
  method: 'PATCH',
  path: '/contents/:contentId',
  summary: 'Saves a content on top of the edition that one has seen; a conflict where somebody saved meanwhile',
  access: 'member',
  scope: 'workspace:write',
  input: z.object({
    contentId: id,
    edition: z.number().int(),
    name: name.optional(),
    audience: audience.optional(),
    said: said.optional(),
  }),
  output: z.object({ edition: z.number().int(), version: z.number().int() }),
  errors: ['conflict', 'forbidden'],
});
export const removeContent = contract({
  name: 'content.removeContent',
  method: 'DELETE',
  path: '/contents/:contentId',
  summary: 'Puts a content away; it can be taken back for thirty days',
  access: 'member',
  scope: 'workspace:write',
  input: z.object({ contentId: id }),
  output: nothing,
});
export const restoreContent = contract({
  name: 'content.restoreContent',
  method: 'POST',
  path: '/contents/:contentId/restoration',
  summary: 'Takes a content back',
  access: 'member',
  scope: 'workspace:write',
  input: z.object({ contentId: id }),
  output: nothing,
});

export const version = z.object({
  version: z.number().int(),
  by: z.string(),
  begunAt: instant,
  savedAt: instant,
  /** It was sent, or is to be: it never changes. */
  sealed: z.boolean(),
});
export const listVersions = contract({
  name: 'content.listVersions',
  method: 'GET',
  path: '/contents/:contentId/versions',
  summary: 'Who said what when, the newest first',
  access: 'member',
  scope: 'contacts:read',
  input: z.object({ contentId: id }),
  output: z.object({ items: z.array(version) }),
});
export const restoreVersion = contract({
  name: 'content.restoreVersion',
  method: 'POST',
  path: '/contents/:contentId/versions/:version/restoration',
  summary: 'Says again what an earlier version said, as a new version',
  access: 'member',
  scope: 'workspace:write',
  input: z.object({ contentId: id, version: z.coerce.number().int(), edition: z.number().int() }),
  output: z.object({ edition: z.number().int(), version: z.number().int() }),
  errors: ['conflict', 'forbidden'],
});

/** What the checker finds; each has its words under `content.finding.<kind>`. */
export const findingKinds = [
  'address_mixed',
  'address_other',
  'forbidden_word',
  'hard_to_read',
  'long_sentence',
  'no_alt',
  'no_fallback',
  'no_image',
  'no_label',
  'no_part',
  'no_link',
  'bad_link',
  'no_subject',
  'long_subject',
  'no_words',
  'images_only',
  'wrong_liquid',
  'unknown_variable',
  'too_large',
  'not_taken',
  'long_sms',
  'too_long_sms',
  'unicode_sms',
  'no_template',
  'wrong_template',
  'wrong_places',
  'no_parameter',
  'long_parameter',
  'page_variable',
  'no_title',
  'unwritten',
] as const;
export const finding = z.object({
  kind: z.enum(findingKinds),
  /** `stop`: it cannot be sent like that. */
  weight: z.enum(['stop', 'advice']),
  /** Null: the whole. */
  blockId: z.string().nullable(),
  /** The word, sentence, variable or figure it is about. */
  about: z.string(),
  /** What to say instead. */
  instead: z.string(),
});
export type Finding = z.output<typeof finding>;

/** Why somebody is set aside: nothing is sent to them. */
export const asideReasons = ['missing_variable', 'bad_link', 'no_language', 'failed', 'no_address'] as const;
const aside = z.object({ reason: z.enum(asideReasons), variable: z.enum(variableKeys).nullable() });

/** How long an SMS is (3GPP TS 23.038, 23.040): counted in units of its alphabet, of which so many go in each of its segments. */
const smsCount = z.object({
  /** `gsm`: 7 bits, 160 in one and 153 in each of several; `ucs2`: 16 bits, 70 and 67. */
  alphabet: z.enum(['gsm', 'ucs2']),
  units: z.number().int(),
  segments: z.number().int(),
  /** Units that are left in the last one. */
  left: z.number().int(),
  /** Signs that the 7-bit alphabet has not. */
  outside: z.array(z.string()),
});

export const tryContent = contract({
  name: 'content.tryContent',
  method: 'POST',
  path: '/contents/trial',
  summary: 'What somebody would read, and what the checker finds; nothing is kept or sent',
  access: 'member',
  scope: 'contacts:read',
  input: z.object({
    kind: kind.default('email'),
    language,
    saying,
    /** As this person reads it, as far as I see them; nobody: with a made-up one. */
    personId: id.optional(),
    /** As a program shows it that is set to dark. */
    dark: z.boolean().default(false),
    /** Of an SMS: what advertises says how to stop it. */
    commercial: z.boolean().default(true),
  }),
  output: z.object({
    /** HTML is that of a mail alone. */
    mail: z.object({ subject: z.string(), html: z.string(), text: z.string() }).nullable(),
    /** A letter as it is printed: a PDF, in base64. */
    pdf: z.string().nullable(),
    /** How an SMS is counted, as this person gets it. */
    sms: smsCount.nullable(),
    aside: aside.nullable(),
    /** Octets of the HTML. */
    size: z.number().int(),
    findings: z.array(finding),
  }),
});

export const sendTrial = contract({
  name: 'content.sendTrial',
  method: 'POST',
  path: '/contents/:contentId/trial',
  summary: 'Sends a content as it was last saved to myself at once, and says what the mail server answered',
  access: 'member',
  scope: 'messages:write',
  input: z.object({ contentId: id, language, personId: id.optional() }),
  output: z.object({
    to: z.string(),
    /** `aside`: it cannot be written for that person. */
    state: z.enum(['sent', 'failed', 'later', 'in_doubt', 'aside', 'no_mail_server']),
    answer: z.string().nullable(),
  }),
  rate: 20,
});

// --- reusable blocks ---

export const part = z.object({
  id,
  name: z.string(),
  said: partSaid,
  audience: shownTo,
  owner: z.object({ id, name: z.string() }),
  mine: z.boolean(),
  edition: z.number().int(),
});
export type Part = z.output<typeof part>;

export const listParts = contract({
  name: 'content.listParts',
  method: 'GET',
  path: '/content-parts',
  summary: 'The reusable blocks that I see',
  access: 'member',
  scope: 'contacts:read',
  input: nothing,
  output: z.object({ items: z.array(part) }),
});
export const addPart = contract({
  name: 'content.addPart',
  method: 'POST',
  path: '/content-parts',
  summary: 'Keeps blocks to be used again',
  access: 'member',
  scope: 'workspace:write',
  input: z.object({ name, audience: audience.default({ kind: 'mine' }), said: partSaid }),
  output: z.object({ id }),
});
export const savePart = contract({
  name: 'content.savePart',
  method: 'PATCH',
  path: '/content-parts/:partId',
  summary: 'Changes a reusable block; what was sent or made ready keeps what it said',
  access: 'member',
  scope: 'workspace:write',
  input: z.object({
    partId: id,
    edition: z.number().int(),
    name: name.optional(),
    audience: audience.optional(),
    said: partSaid.optional(),
  }),
  output: z.object({ edition: z.number().int() }),
  errors: ['conflict', 'forbidden'],
});
export const removePart = contract({
  name: 'content.removePart',
  method: 'DELETE',
  path: '/content-parts/:partId',
  summary: 'Puts a reusable block away; it can be taken back for thirty days',
  access: 'member',
  scope: 'workspace:write',
  input: z.object({ partId: id }),
  output: nothing,
});
export const restorePart = contract({
  name: 'content.restorePart',
  method: 'POST',
  path: '/content-parts/:partId/restoration',
  summary: 'Takes a reusable block back',
  access: 'member',
  scope: 'workspace:write',
  input: z.object({ partId: id }),
  output: nothing,
});

// --- images ---

/** `POST` with the octets; its answer is an image. */
export const imagesPath = '/content-images';
export const newImageQuery = z.object({ name });
/** Octets that are taken; what is kept of them is smaller. */
export const mostImage = 10 * 2 ** 20;
/** Public: whoever has a mail in which it stands. */
export const publicImagePath = '/i/:token';

export const image = z.object({
  id,
  name: z.string(),
  alt: z.object({ fr: z.string(), en: z.string() }),
  url: z.string(),
  width: z.number().int(),
  height: z.number().int(),
  size: z.number().int(),
  mine: z.boolean(),
});
export type Image = z.output<typeof image>;

export const listImages = contract({
  name: 'content.listImages',
  method: 'GET',
  path: imagesPath,
  summary: 'The images of the library, the newest first',
  access: 'member',
  scope: 'contacts:read',
  input: nothing,
  output: z.object({ items: z.array(image) }),
});
const alt = z
  .string()
  .trim()
  .max(300)
  .refine((text) => text.isWellFormed() && !text.includes('\u0000'), 'text');
export const changeImage = contract({
  name: 'content.changeImage',
  method: 'PATCH',
  path: `${imagesPath}/:imageId`,
  summary: 'Names an image, and says what it shows',
  access: 'member',
  scope: 'workspace:write',
  input: z.object({ imageId: id, name, alt: z.object({ fr: alt, en: alt }) }),
  output: nothing,
});
export const listImageUses = contract({
  name: 'content.listImageUses',
  method: 'GET',
  path: `${imagesPath}/:imageId/uses`,
  summary: 'In which contents and reusable blocks an image stands: those that I see by name, and how many others',
  access: 'member',
  scope: 'contacts:read',
  input: z.object({ imageId: id }),
  output: z.object({ names: z.array(z.string()), others: z.number().int() }),
});
export const removeImage = contract({
  name: 'content.removeImage',
  method: 'DELETE',
  path: `${imagesPath}/:imageId`,
  summary: 'Takes an image out of the library; mails in which it stands show it as before',
  access: 'member',
  scope: 'workspace:write',
  input: z.object({ imageId: id }),
  output: nothing,
});
export const restoreImage = contract({
  name: 'content.restoreImage',
  method: 'POST',
  path: `${imagesPath}/:imageId/restoration`,
  summary: 'Puts an image back into the library',
  access: 'member',
  scope: 'workspace:write',
  input: z.object({ imageId: id }),
  output: nothing,
});
