import { isIP } from 'node:net';
import { getDomain } from 'tldts';
import { isPrivateNetwork } from '../../kernel/guarded.ts';
import type { DomainCheck } from '../domain-contract.ts';
import { compareKey, keyRecord, readPolicy } from './records.ts';
import type { Resolver } from './resolver.ts';
import { checkSpf, type SpfVerdict } from './spf.ts';

/** What is looked at: how mail leaves, and with which key it is signed. */
export interface Sending {
  /** The server that takes our mail. */
  host: string;
  /** The sender's address: in the envelope and in the header, so that what passes is aligned with it (RFC 7489, 3.1). */
  sender: string;
  key: { domain: string; selector: string; publicKey: string } | null;
}

export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase();

/** Asks all at once. It never throws; who does not answer is told as such. */
export async function checkSending(resolver: Resolver, sending: Sending): Promise<DomainCheck[]> {
  const [spf, dkim, mx] = await Promise.all([
    spfCheck(resolver, sending),
    dkimCheck(resolver, sending),
    mxCheck(resolver, domainOf(sending.sender)),
  ]);
  const aligned = { spf: spf.state === 'good', dkim: dkim.code === 'found' };
  return [spf, dkim, await dmarcCheck(resolver, sending, aligned), mx];
}

const check = (
  kind: DomainCheck['kind'],
  state: DomainCheck['state'],
  code: string,
  rest: Partial<DomainCheck> = {},
): DomainCheck => ({ kind, state, code, record: null, about: {}, publish: null, ...rest });

const worst = ['permerror', 'temperror', 'fail', 'softfail', 'none', 'neutral', 'pass'];

async function spfCheck(resolver: Resolver, { host, sender }: Sending): Promise<DomainCheck> {
  const domain = domainOf(sender);
  const addresses = await addressesOf(resolver, host);
  // Without an address of ours the record is read all the same: what is wrong with it itself is told.
  const asked = addresses === null || addresses.length === 0 ? ['192.0.2.1'] : addresses;
  const verdicts: SpfVerdict[] = [];
  for (const ip of asked) verdicts.push(await checkSpf(resolver, { ip, domain, sender }));
  const verdict = verdicts.sort((a, b) => worst.indexOf(a.result) - worst.indexOf(b.result))[0]!;
  const { record, result, problem, lookups } = verdict;
  const about = { host, lookups: String(lookups) };
  const publish = (value: string) => ({ publish: { name: domain, value } });
  if (result === 'temperror') return check('spf', 'unknown', 'unreached', { record, about });
  if (result === 'permerror') return check('spf', 'bad', problem ?? 'syntax', { record, about });
  if (result === 'none') return check('spf', 'bad', 'none', { about, ...publish(`v=spf1 a:${host} ~all`) });
  if (addresses === null) return check('spf', 'unknown', 'host_unknown', { record, about });
  if (addresses.length === 0) return check('spf', 'unknown', 'host_private', { record, about });
  if (result === 'pass') return check('spf', 'good', 'pass', { record, about });
  const state = result === 'fail' || result === 'softfail' ? 'bad' : 'warning';
  return check('spf', state, state === 'bad' ? 'refuses' : 'neutral', {
    record,
    about,
    ...publish(withHost(record!, host)),
  });
}

/** The record with our server in it, before what it says of all others. */
function withHost(record: string, host: string): string {
  const terms = record.split(/ +/);
  const end = terms.findIndex((term) => /^[+~?-]?all$|^redirect=/i.test(term));
  terms.splice(end < 0 ? terms.length : end, 0, `a:${host}`);
  return terms.join(' ');
}

/** Those of the internet; null: it has none, or nobody answers. */
async function addressesOf(resolver: Resolver, host: string): Promise<string[] | null> {
  if (isIP(host)) return isPrivateNetwork(host) ? [] : [host];
  const answers = await Promise.all([resolver.a(host), resolver.aaaa(host)]);
  const found = answers.flatMap((answer) => ('found' in answer ? answer.found : []));
  if (found.length === 0) return /^localhost\.?$/i.test(host) ? [] : null;
  return found.filter((address) => !isPrivateNetwork(address));
}

async function dkimCheck(resolver: Resolver, { key, sender }: Sending): Promise<DomainCheck> {
  if (!key || key.domain !== domainOf(sender)) return check('dkim', 'bad', key ? 'other_domain' : 'no_key');
  const name = `${key.selector}._domainkey.${key.domain}`;
  const publish = { name, value: keyRecord(key.publicKey) };
  const answer = await resolver.txt(name);
  if ('failed' in answer) return check('dkim', 'unknown', 'unreached', { publish });
  if ('none' in answer) return check('dkim', 'bad', 'not_published', { publish });
  if (answer.found.length > 1) return check('dkim', 'bad', 'several', { record: answer.found.join('\n'), publish });
  const record = answer.found[0]!;
  const seen = compareKey(record, key.publicKey);
  if (seen === 'same') return check('dkim', 'good', 'found', { record });
  return check('dkim', 'bad', seen, { record, publish });
}

async function dmarcCheck(
  resolver: Resolver,
  { sender }: Sending,
  aligned: { spf: boolean; dkim: boolean },
): Promise<DomainCheck> {
  const domain = domainOf(sender);
  const above = getDomain(domain, { allowPrivateDomains: true }) ?? domain;
  const publish = { name: `_dmarc.${domain}`, value: `v=DMARC1; p=none; rua=mailto:${sender}` };
  for (const at of new Set([domain, above])) {
    const answer = await resolver.txt(`_dmarc.${at}`);
    if ('failed' in answer) return check('dmarc', 'unknown', 'unreached');
    const records = 'found' in answer ? answer.found.filter((text) => /^v=DMARC1(?:\s*;|\s*$)/.test(text)) : [];
    if (records.length > 1) return check('dmarc', 'bad', 'several', { record: records.join('\n') });
    if (records.length === 0) continue;
    const record = records[0]!;
    const policy = readPolicy(record, at !== domain);
    if (!policy) return check('dmarc', 'bad', 'broken', { record, publish: { ...publish, name: `_dmarc.${at}` } });
    const by = aligned.dkim && aligned.spf ? 'both' : aligned.dkim ? 'dkim' : aligned.spf ? 'spf' : 'neither';
    const about = { policy: policy.policy, by, at };
    if (by === 'neither')
      return check('dmarc', policy.policy === 'none' ? 'warning' : 'bad', 'unaligned', { record, about });
    return check('dmarc', 'good', 'found', { record, about });
  }
  return check('dmarc', 'warning', 'none', { publish });
}

async function mxCheck(resolver: Resolver, domain: string): Promise<DomainCheck> {
  const answer = await resolver.mx(domain);
  if ('failed' in answer) return check('mx', 'unknown', 'unreached');
  if ('none' in answer) return check('mx', 'bad', answer.none === 'nxdomain' ? 'no_domain' : 'none');
  // RFC 7505: it says that it takes no mail.
  if (answer.found.some(({ exchange }) => exchange === '' || exchange === '.')) return check('mx', 'bad', 'null');
  const hosts = [...answer.found].sort((a, b) => a.priority - b.priority).map(({ exchange }) => exchange);
  return check('mx', 'good', 'found', { about: { hosts: hosts.slice(0, 3).join(', ') } });
}
