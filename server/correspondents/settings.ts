import { z } from 'zod';

/** How a mailbox is reached. */
export const mailSettings = z.object({
  host: z.string().trim().min(1).max(253),
  port: z.coerce.number().int().min(1).max(65_535).default(993),
  /** `none`: in the clear, within networks that the operator allows only. */
  security: z.enum(['tls', 'starttls', 'none']).default('tls'),
  user: z.string().trim().min(1).max(320),
  /** Addresses of the mailbox's owner besides the user name. */
  addresses: z.array(z.email().max(320)).max(50).default([]),
});
export const mailSecret = z.object({ password: z.string().min(1).max(1000) });
