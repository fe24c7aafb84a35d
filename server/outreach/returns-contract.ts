import { z } from 'zod';
import { contract, instant, nothing } from '../kernel/contract.ts';
import { security } from './contract.ts';

const line = (max: number) => z.string().trim().min(1).max(max);

/** The mailbox where reports of mail that could not be delivered, and complaints, arrive: that of the sender's address, as a rule. */
const returnBox = z.object({
  host: line(253),
  port: z.number().int().min(1).max(65_535),
  security,
  username: line(320),
});
export type ReturnBox = z.output<typeof returnBox>;

const kept = z.object({
  box: returnBox
    .extend({
      changedAt: instant,
      readAt: instant.nullable(),
      /** Why it could not be read: a code, `mail.returns.problem.<code>`. */
      failure: z.string().nullable(),
    })
    .nullable(),
  /** Within thirty days: messages that came back, and addresses that were given up for it. */
  bounced: z.number().int(),
  given: z.number().int(),
});

export const getReturnBox = contract({
  name: 'outreach.getReturnBox',
  method: 'GET',
  path: '/mail/returns',
  summary: 'Where mail that could not be delivered comes back to, and how much did; the password is never given back',
  input: nothing,
  output: kept,
  access: 'admin',
  scope: 'workspace:read',
});
export const saveReturnBox = contract({
  name: 'outreach.saveReturnBox',
  method: 'PUT',
  path: '/mail/returns',
  summary: 'Have a mailbox read for reports; it is tried at once. Without a password the one that is kept stays',
  input: returnBox.extend({ password: z.string().min(1).max(1000).optional() }),
  output: kept,
  access: 'admin',
  scope: 'workspace:write',
  errors: ['connection_failed'],
});
export const removeReturnBox = contract({
  name: 'outreach.removeReturnBox',
  method: 'DELETE',
  path: '/mail/returns',
  summary: 'Have it read no more',
  input: nothing,
  output: nothing,
  access: 'admin',
  scope: 'workspace:write',
});
