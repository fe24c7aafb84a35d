import { z } from 'zod';
import { anyId, unixSeconds } from '../reading.ts';

/** What WhatsApp sends (Cloud API, "messages webhook reference"), as far as it is read here; more may stand beside it. */
const media = z.object({
  id: z.string().min(1).max(500),
  mime_type: z.string().max(300).default(''),
  caption: z.string().optional(),
  filename: z.string().optional(),
  voice: z.boolean().optional(),
});

const choice = z.object({ id: z.string().optional(), title: z.string(), description: z.string().optional() });

const contactCard = z.object({
  name: z.object({
    formatted_name: z.string().default(''),
    first_name: z.string().optional(),
    last_name: z.string().optional(),
  }),
  phones: z.array(z.object({ phone: z.string().optional(), wa_id: z.string().optional() })).default([]),
  emails: z.array(z.object({ email: z.string().optional() })).default([]),
  org: z.object({ company: z.string().optional(), title: z.string().optional() }).optional(),
});
export type ContactCard = z.output<typeof contactCard>;

/** Members of a message that its `type` names. */
const bodies = z.object({
  text: z.object({ body: z.string() }).optional(),
  image: media.optional(),
  video: media.optional(),
  audio: media.optional(),
  document: media.optional(),
  sticker: media.optional(),
  location: z
    .object({
      latitude: z.number(),
      longitude: z.number(),
      name: z.string().optional(),
      address: z.string().optional(),
    })
    .optional(),
  contacts: z.array(contactCard).max(1000).optional(),
  order: z
    .object({
      text: z.string().optional(),
      product_items: z
        .array(
          z.object({
            product_retailer_id: anyId,
            quantity: z.number(),
            item_price: z.number().optional(),
            currency: z.string().optional(),
          }),
        )
        .default([]),
    })
    .optional(),
  interactive: z
    .object({
      button_reply: choice.optional(),
      list_reply: choice.optional(),
      nfm_reply: z.object({ response_json: z.string().optional() }).optional(),
    })
    .optional(),
  button: z.object({ text: z.string() }).optional(),
  reaction: z.object({ message_id: z.string().min(1), emoji: z.string().nullish() }).optional(),
  revoke: z.object({ original_message_id: z.string().min(1) }).optional(),
  system: z
    .object({
      type: z.string().optional(),
      wa_id: z.string().optional(),
      /** Its name until Graph API 24. */
      new_wa_id: z.string().optional(),
      user_id: z.string().optional(),
      previous_user_id: z.string().optional(),
    })
    .optional(),
});
export type Bodies = z.output<typeof bodies>;

const message = bodies.extend({
  id: z.string().min(1),
  /** Their number; left out where they are known by a name only (business-scoped user ids, since 2026). */
  from: z.string().optional(),
  from_user_id: z.string().optional(),
  /** Of echoes: to whom it went. */
  to: z.string().optional(),
  to_user_id: z.string().optional(),
  group_id: z.string().optional(),
  timestamp: unixSeconds,
  type: z.string(),
  context: z.object({ id: z.string().nullish() }).nullish(),
  edit: z
    .object({ original_message_id: z.string().min(1), message: bodies.extend({ type: z.string().optional() }) })
    .optional(),
});
export type WhatsappMessage = z.output<typeof message>;

const status = z.object({
  id: z.string().min(1),
  status: z.string(),
  timestamp: unixSeconds,
  errors: z.array(z.object({ code: z.int() })).default([]),
});
export type WhatsappStatus = z.output<typeof status>;

export const value = z.object({
  metadata: z.object({ phone_number_id: z.string() }).optional(),
  contacts: z
    .array(
      z.object({
        profile: z.object({ name: z.string().optional(), username: z.string().optional() }).optional(),
        wa_id: z.string().optional(),
        user_id: z.string().optional(),
      }),
    )
    .default([]),
  messages: z.array(message).default([]),
  message_echoes: z.array(message).default([]),
  statuses: z.array(status).default([]),
  errors: z.array(z.unknown()).default([]),
});
export type Value = z.output<typeof value>;

export const hook = z.object({
  object: z.literal('whatsapp_business_account'),
  entry: z.array(z.object({ changes: z.array(z.object({ field: z.string(), value: z.unknown() })) })),
});
