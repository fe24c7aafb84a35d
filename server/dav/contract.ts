import { z } from 'zod';
import { contract, id, instant, nothing } from '../kernel/contract.ts';

/** A phone or program that keeps its address book here (CardDAV), with a password of its own. */
export const device = z.object({
  id,
  name: z.string(),
  /** May change contacts; otherwise it reads only. */
  writes: z.boolean(),
  /** What others lend me to take along is an address book of it, for reading; the first copy of each contact is told to its holder. */
  lent: z.boolean(),
  createdAt: instant,
  lastUsedAt: instant.nullable(),
  /** The program, as it last named itself. */
  client: z.string().nullable(),
});
export type Device = z.output<typeof device>;

const name = z.string().trim().min(1).max(100);
/** What a device is told to connect. */
const connection = z.object({
  /** Where the server is; programs find the rest by themselves (RFC 6764). */
  server: z.string(),
  user: z.string(),
});

export const listDevices = contract({
  name: 'dav.listDevices',
  method: 'GET',
  path: '/address-book-devices',
  summary: 'The phones and programs that keep my address books, and where they connect',
  input: nothing,
  output: z.object({ items: z.array(device), connection }),
  access: 'member',
});
export const addDevice = contract({
  name: 'dav.addDevice',
  method: 'POST',
  path: '/address-book-devices',
  summary: 'A password for one phone or program; it is shown once',
  input: z.object({ name, writes: z.boolean().default(true) }),
  output: z.object({ device, password: z.string(), connection }),
  access: 'member',
  secret: true,
});
export const updateDevice = contract({
  name: 'dav.updateDevice',
  method: 'PATCH',
  path: '/address-book-devices/:deviceId',
  summary:
    'Changes what a device is called, whether it may change contacts, and whether it gets those that others lend me to take along',
  input: z.object({
    deviceId: id,
    name: name.optional(),
    writes: z.boolean().optional(),
    lent: z.boolean().optional(),
  }),
  output: device,
  access: 'member',
});
export const endDevice = contract({
  name: 'dav.endDevice',
  method: 'DELETE',
  path: '/address-book-devices/:deviceId',
  summary: 'A device is let in no more; what it holds already, it keeps until it is removed there',
  input: z.object({ deviceId: id }),
  output: nothing,
  access: 'member',
});

/** Many contacts that a device of mine took out of a book at once: off my devices, and here still. */
export const heldRemoval = z.object({
  id,
  /** What the device is called. */
  device: z.string(),
  book: z.string(),
  contacts: z.number().int(),
  at: instant,
});
export type HeldRemoval = z.output<typeof heldRemoval>;

export const listHeldRemovals = contract({
  name: 'dav.listHeldRemovals',
  method: 'GET',
  path: '/address-book-removals',
  summary: 'Contacts that my devices took out in large numbers, which stay here until I say what becomes of them',
  input: nothing,
  output: z.object({ items: z.array(heldRemoval) }),
  access: 'member',
});
export const decideRemoval = contract({
  name: 'dav.decideRemoval',
  method: 'POST',
  path: '/address-book-removals/:removalId/decision',
  summary: 'Takes these contacts out here too (restorable for 30 days), or puts them back on the devices',
  input: z.object({ removalId: id, decision: z.enum(['take_out', 'put_back']) }),
  output: nothing,
  access: 'member',
});
