import { z } from 'zod';
import { normaliseEmail } from '../../../formats/normalise/email.ts';
import type { Access } from '../channel.ts';

const server = (port: number) => ({
  host: z.string().trim().min(1).max(253),
  port: z.coerce.number().int().min(1).max(65_535).default(port),
  /** `none`: in the clear, within networks that the operator allows only. */
  security: z.enum(['tls', 'starttls', 'none']).default('tls'),
});

export const mailSettings = z.object({
  /** As whom we write. */
  address: z.email().max(320),
  /** Of the company or its desk, as correspondents read it. */
  name: z.string().trim().max(100).default(''),
  /** Other addresses whose mail comes in here. */
  aliases: z.array(z.email().max(320)).max(50).default([]),
  imap: z.object(server(993)),
  smtp: z.object(server(465)),
  folders: z
    .object({
      inbox: z.string().trim().min(1).max(500).default('INBOX'),
      /** Empty: the one that the server calls so (RFC 6154). */
      sent: z.string().trim().max(500).default(''),
    })
    .prefault({}),
  /** Who puts what we write among what was sent: ourselves, or the server that sends it. */
  copies: z.enum(['ours', 'server']).default('ours'),
  /** Of a member's own: from where leaves what they write to one contact elsewhere than in a conversation. */
  letters: z.enum(['company', 'here']).default('company'),
  /** Days of the past that are read at first. */
  days: z.coerce.number().int().min(0).max(3650).default(30),
});
export type MailSettings = z.output<typeof mailSettings>;

export const mailSecret = z.object({
  user: z.string().trim().min(1).max(320),
  password: z.string().min(1).max(1000),
  /** Where the sending server asks for others. */
  smtpUser: z.string().trim().min(1).max(320).optional(),
  smtpPassword: z.string().min(1).max(1000).optional(),
});
export type MailSecret = z.output<typeof mailSecret>;

export type MailAccess = Access<MailSettings, MailSecret>;

/** The addresses that are ours, normalised. */
export const ownAddresses = ({ address, aliases }: MailSettings): string[] =>
  [address, ...aliases].flatMap((one) => normaliseEmail(one) ?? []);
