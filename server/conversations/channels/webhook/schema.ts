import { z } from 'zod';
import { type PointChannel, pointChannels } from '../channel.ts';
import { isoTime } from '../reading.ts';

/** The JSON of our own webhook: what a channel can bring, for programs that speak no other one. Names and meanings are those of `Incoming`. */
const id = z.string().min(1).max(10_000);
const text = z.string().max(500_000);

const addresses: Record<PointChannel, RegExp> = {
  email: /^[^\s@]{1,64}@[^\s@]{1,255}$/,
  phone: /^\+[1-9]\d{4,14}$/,
  handle: /^[a-z0-9][a-z0-9_.-]{0,40}:\S.{0,400}$/,
  visitor: /^[\w-]{16,200}$/,
};
const point = z
  .strictObject({ channel: z.enum(pointChannels), address: z.string().max(500) })
  .refine(({ channel, address }) => addresses[channel].test(address))
  .transform(({ channel, address }) => ({ channel, address: channel === 'email' ? address.toLowerCase() : address }));

const correspondent = z.strictObject({
  point,
  replyTo: z.string().min(1).max(500).optional(),
  name: z.string().max(1000).default(''),
});

const file = z.strictObject({
  name: z.string().max(500).default('file'),
  mediaType: z.string().max(200).default('application/octet-stream'),
  /** The file itself, or where it may be had by everybody who knows the address. */
  base64: z.base64().optional(),
  url: z
    .url({ protocol: /^https$/ })
    .max(5000)
    .optional(),
  contentId: z.string().max(500).optional(),
});

const message = z.strictObject({
  externalId: id,
  thread: id,
  answers: z.array(id).max(100).optional(),
  correspondent,
  direction: z.enum(['in', 'out']).default('in'),
  at: isoTime,
  subject: z.string().max(5000).optional(),
  text,
  quoted: text.optional(),
  html: z.string().max(2_000_000).optional(),
  files: z
    .array(file.refine(({ base64, url }) => (base64 === undefined) !== (url === undefined)))
    .max(50)
    .optional(),
  automatic: z.boolean().optional(),
  url: z
    .url({ protocol: /^https?$/ })
    .max(5000)
    .optional(),
  rating: z
    .strictObject({ value: z.number().min(0), of: z.number().positive().max(1000) })
    .refine(({ value, of }) => value <= of)
    .optional(),
  others: z.array(z.string().max(500)).max(200).optional(),
  nature: z
    .string()
    .regex(/^[a-z_]{1,50}$/)
    .optional(),
  /** Of a call, and of a voice message. */
  seconds: z.number().min(0).max(1_000_000).optional(),
});
export type WebhookMessage = z.output<typeof message>;

const happening = { externalId: id, at: isoTime };

const event = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('message'), message }),
  z.strictObject({ kind: z.literal('edited'), ...happening, text, html: z.string().max(2_000_000).optional() }),
  z.strictObject({ kind: z.literal('deleted'), ...happening }),
  z.strictObject({
    kind: z.literal('settled'),
    ...happening,
    state: z.enum(['delivered', 'read', 'failed']),
    reason: z.string().max(200).optional(),
  }),
  z.strictObject({
    kind: z.literal('reacted'),
    ...happening,
    correspondent,
    emoji: z.string().min(1).max(50).nullable(),
  }),
  z.strictObject({ kind: z.literal('moved'), from: point, to: point, at: isoTime }),
]);
export type WebhookEvent = z.output<typeof event>;

export const delivery = z.strictObject({ events: z.array(event).min(1).max(100) });
