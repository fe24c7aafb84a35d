import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { recordAudit } from '../identity/audit.ts';
import type { Output } from '../kernel/contract.ts';
import type { Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { implement, implementOutside, type Operation } from '../kernel/http.ts';
import { sha256 } from '../kernel/ids.ts';
import { checkSending, domainOf } from './domain/checks.ts';
import { inPieces, keyRecord } from './domain/records.ts';
import { openResolver } from './domain/resolver.ts';
import * as contracts from './domain-contract.ts';
import * as keys from './keys.ts';
import * as outbox from './outbox.ts';

type Kept = Output<typeof contracts.getMailDomain>;

async function describe(tx: Tx, workspaceId: string): Promise<Kept> {
  const setup = await outbox.findSetup(tx, workspaceId);
  const key = await keys.findKey(tx, workspaceId);
  const domain = setup ? domainOf(setup.sender_address) : null;
  return { domain, key: key ? describeKey(key, domain) : null };
}

function describeKey(row: keys.KeyRow, domain: string | null): contracts.SigningKey {
  const value = keyRecord(row.public_key);
  return {
    ...{ domain: row.domain, selector: row.selector, createdAt: row.created_at.toISOString() },
    record: { name: `${row.selector}._domainkey.${row.domain}`, value, pieces: inPieces(value) },
    ...{ seenAt: row.seen_at?.toISOString() ?? null, confirmed: row.confirmed_by !== null },
    signs: row.domain === domain && (row.seen_at !== null || row.confirmed_by !== null),
  };
}

const makePair = promisify(generateKeyPair);

/** 2048 bits, which all receivers take (RFC 8301, 3.2). */
async function makeKey(domain: string): Promise<Omit<keys.NewKey, 'privateKey'> & { secret: string }> {
  const { publicKey, privateKey } = await makePair('rsa', { modulusLength: 2048 });
  const said = publicKey.export({ type: 'spki', format: 'der' });
  // Of its own: mail that is on its way still bears the name of the key before it.
  const selector = `entregent-${sha256(said).toString('hex').slice(0, 8)}`;
  const secret = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  return { domain, selector, publicKey: said.toString('base64'), secret };
}

export const domainOperations: Operation[] = [
  implement(contracts.getMailDomain, (_input, { tx, actor }) => describe(tx, actor.workspaceId)),

  implementOutside(contracts.makeSigningKey, async (_input, { app, asCaller }) => {
    const { domain } = await asCaller(({ tx, actor }) => describe(tx, actor.workspaceId));
    if (!domain) throw new AppError('conflict');
    const { secret, ...key } = await makeKey(domain);
    return asCaller(async ({ tx, actor }) => {
      await keys.saveKey(tx, actor, { ...key, privateKey: app.secrets.encrypt(secret) });
      await recordAudit(tx, actor, 'mail.key_made', null);
      return describe(tx, actor.workspaceId);
    });
  }),

  implement(contracts.confirmSigningKey, async (_input, { tx, actor }) => {
    if (!(await keys.confirmKey(tx, actor))) throw notFound();
    await recordAudit(tx, actor, 'mail.key_confirmed', null);
    return describe(tx, actor.workspaceId);
  }),

  implement(contracts.removeSigningKey, async (_input, { tx, actor }) => {
    if (await keys.removeKey(tx, actor.workspaceId)) await recordAudit(tx, actor, 'mail.key_removed', null);
    return describe(tx, actor.workspaceId);
  }),

  implementOutside(contracts.checkMailDomain, async (_input, { app, asCaller }) => {
    const found = await asCaller(async ({ tx, actor }) => ({
      setup: await outbox.findSetup(tx, actor.workspaceId),
      key: await keys.findKey(tx, actor.workspaceId),
    }));
    if (!found.setup) throw notFound();
    const { key, setup } = found;
    const server = app.config.serviceAddresses.dns;
    const checks = await checkSending(openResolver(server && new URL(server).host), {
      ...{ host: setup.host, sender: setup.sender_address },
      key: key ? { domain: key.domain, selector: key.selector, publicKey: key.public_key } : null,
    });
    const seen = checks.some(({ kind, code }) => kind === 'dkim' && code === 'found');
    return asCaller(async ({ tx, actor }) => {
      if (seen && key) await keys.noteSeen(tx, actor.workspaceId, key.selector);
      return { ...(await describe(tx, actor.workspaceId)), checks };
    });
  }),
];
