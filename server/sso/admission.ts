import type { Accounts, OpenedSession } from '../identity/accounts.ts';
import { recordAudit } from '../identity/audit.ts';
import { useLink as spendLink } from '../identity/links.ts';
import { addMember, addToTeam, findMemberships } from '../identity/queries.ts';
import type { App } from '../kernel/app.ts';
import type { Role } from '../kernel/contract.ts';
import type { Tx } from '../kernel/database.ts';
import type { Locale } from '../kernel/messages.ts';
import type { Refusal } from './contract.ts';
import * as queries from './queries.ts';
import { nameOf, objectionTo, type Proof } from './rules.ts';

/** A company sign-in opened nothing, for a reason that people are told. */
export class Refused extends Error {
  readonly code: Refusal;
  constructor(code: Refusal) {
    super(code);
    this.code = code;
  }
}

interface Arrival {
  app: App;
  accounts: Accounts;
  provider: queries.FoundProvider;
  proof: Proof;
  /** The browser's, for who joins. */
  locale: Locale;
}

/** The account of an address, made where there is none. An account that only other workspaces know is theirs to vouch for. */
async function accountFor({ accounts, proof }: Arrival, tx: Tx, email: string): Promise<string> {
  const known = await accounts.find(email);
  if (known === null) return accounts.create(email, null, nameOf(proof));
  if ((await findMemberships(tx, known)).length > 0) throw new Refused('has_account');
  return known;
}

/** Makes a member of somebody the domain or an invitation lets in. @throws Refused */
async function welcome(arrival: Arrival, tx: Tx, email: string): Promise<{ member_id: string; account_id: string }> {
  const { provider, proof, locale } = arrival;
  const { workspace_id: workspaceId } = provider;
  const invitation = await queries.findInvitation(tx, workspaceId, email);
  if (!invitation && !provider.newcomers) throw new Refused('not_invited');
  const accountId = await accountFor(arrival, tx, email);
  const role = (invitation?.role ?? provider.role) as Role;
  const memberId = await addMember(tx, workspaceId, { accountId, name: nameOf(proof), email, role, locale });
  for (const teamId of invitation?.team_ids ?? provider.team_ids) await addToTeam(tx, workspaceId, teamId, memberId);
  if (invitation) await spendLink(tx, workspaceId, invitation.link_id);
  await recordAudit(tx, { workspaceId, memberId }, 'member.joined', memberId, { role });
  return { member_id: memberId, account_id: accountId };
}

/** Who that is here: by subject once linked, before that by address. @throws Refused */
async function recognise(arrival: Arrival, tx: Tx): Promise<string> {
  const { accounts, provider, proof } = arrival;
  const { workspace_id: workspaceId, provider_id: providerId } = provider;
  const linked = await queries.findSubject(tx, workspaceId, providerId, proof.subject);
  if (linked && linked.status !== 'active') throw new Refused('not_active');
  if (linked) return linked.account_id;
  const objection = objectionTo(proof, { domains: provider.domains, trustsEmail: provider.trusts_email });
  if (objection) throw new Refused(objection);
  const email = proof.email!;
  const accountId = await accounts.find(email);
  const known = accountId === null ? undefined : await queries.findByAccount(tx, workspaceId, accountId);
  if (known && known.status !== 'active') throw new Refused('not_active');
  const member = known ?? (await welcome(arrival, tx, email));
  await queries.linkSubject(tx, workspaceId, providerId, proof.subject, member.member_id);
  await recordAudit(tx, { workspaceId, memberId: member.member_id }, 'sign_in.linked', member.member_id);
  return member.account_id;
}

/** Opens a session for whom the provider names, bound to the provider's workspace. @throws Refused */
export async function admit(arrival: Arrival, headers: Headers): Promise<OpenedSession> {
  const { app, accounts, provider } = arrival;
  const accountId = await app.db.asSystem('identity', async (tx) => {
    await queries.lockProvider(tx, provider.workspace_id, provider.provider_id);
    return recognise(arrival, tx);
  });
  return accounts.companySessions.open(accountId, provider.workspace_id, headers);
}
