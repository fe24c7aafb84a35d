import { z } from 'zod';
import type { channel } from '../delegation/contract.ts';

/** By which way something goes to a contact. */
export const ways = ['email', 'sms', 'whatsapp'] as const;
export const way = z.enum(ways);
export type Way = z.output<typeof way>;

/** What of it holders lend, and pressure counts: both kinds of short message are one. */
export type GateChannel = Extract<z.output<typeof channel>, 'email' | 'message'>;
export const channelOf = (way: Way): GateChannel => (way === 'email' ? 'email' : 'message');
