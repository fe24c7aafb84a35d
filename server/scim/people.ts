import type { Accounts } from '../identity/accounts.ts';
import { recordAudit } from '../identity/audit.ts';
import { endIdleSessions } from '../identity/members.ts';
import {
  addMember,
  countActiveAdmins,
  findMemberships,
  listTeams,
  lockActiveAdmins,
  setMember,
} from '../identity/queries.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { listDepartures, openDeparture, setState } from '../leaving/queries.ts';
import { mailMember } from '../outreach/members.ts';
import { noSuch, ScimError } from './errors.ts';
import * as queries from './queries.ts';
import { patched, type Resource, readUser, toUser, type User } from './resources.ts';

/** The directory of one workspace, in one transaction of the keeper. */
export interface Directory {
  app: App;
  accounts: Accounts;
  tx: Tx;
  workspaceId: string;
  /** Address of the SCIM service. */
  base: string;
  /** Runs once the transaction has committed. */
  later(work: () => Promise<void>): void;
}

const system = (workspaceId: string) => ({ workspaceId, memberId: null });

async function describe({ tx, workspaceId, base }: Directory, rows: readonly queries.PersonRow[]): Promise<Resource[]> {
  const made = new Set((await queries.listTeamRows(tx, workspaceId)).map((row) => row.team_id));
  const teams = (await listTeams(tx, workspaceId)).filter((team) => made.has(team.id));
  return rows.map((row) =>
    toUser(
      row,
      teams.filter((team) => team.members.some((one) => one.id === row.member_id)),
      base,
    ),
  );
}

export async function listUsers(directory: Directory): Promise<Resource[]> {
  return describe(directory, await queries.listPeople(directory.tx, directory.workspaceId));
}

/** @throws ScimError 404 */
async function getRow({ tx, workspaceId }: Directory, memberId: string): Promise<queries.PersonRow> {
  const [row] = await queries.listPeople(tx, workspaceId, memberId);
  if (!row) throw noSuch();
  return row;
}

/** @throws ScimError 404 */
export async function getUser(directory: Directory, memberId: string): Promise<Resource> {
  return (await describe(directory, [await getRow(directory, memberId)]))[0]!;
}

const taken = (what: string) => new ScimError(409, `${what} is in use here already.`, 'uniqueness');

/** Nobody else of the workspace may go by this name. */
async function checkUserName({ tx, workspaceId }: Directory, userName: string, memberId?: string): Promise<void> {
  const folded = userName.toLowerCase();
  const rows = await queries.listPeople(tx, workspaceId);
  if (rows.some((row) => row.member_id !== memberId && row.user_name.toLowerCase() === folded))
    throw taken('This userName');
}

async function belongsElsewhere({ tx, workspaceId }: Directory, accountId: string): Promise<boolean> {
  return (await findMemberships(tx, accountId)).some((one) => one.workspace_id !== workspaceId);
}

/** A member for somebody new here, or for whom the directory had deleted. @throws ScimError */
async function addOrRevive(directory: Directory, { name, email, language }: User): Promise<string> {
  const { accounts, tx, workspaceId } = directory;
  const known = await accounts.find(email);
  const member = known === null ? undefined : await queries.findByAccount(tx, workspaceId, known);
  if (member?.gone) return member.member_id;
  if (member) throw taken('This address');
  if (known !== null && (await belongsElsewhere(directory, known)))
    // In the same words as of an address that is taken here: who is registered elsewhere is nobody's business.
    throw taken('This address');
  const accountId = known ?? (await accounts.create(email, null, name));
  const memberId = await addMember(tx, workspaceId, { accountId, name, email, role: 'member', locale: language });
  await recordAudit(tx, { workspaceId, memberId: null }, 'member.joined', memberId, { role: 'member' });
  return memberId;
}

/** @throws ScimError */
export async function createUser(directory: Directory, body: unknown): Promise<Resource> {
  const { tx, workspaceId } = directory;
  const user = readUser(body);
  await checkUserName(directory, user.userName);
  const memberId = await addOrRevive(directory, user);
  await queries.savePerson(tx, workspaceId, memberId, user);
  const row = await getRow(directory, memberId);
  if (user.active) await setActive(directory, row, true);
  // Who comes suspended has not left.
  else if (row.status === 'active') await setMember(tx, { workspaceId, memberId }, { status: 'suspended' });
  return getUser(directory, memberId);
}

async function changeAddress(directory: Directory, row: queries.PersonRow, email: string): Promise<void> {
  if (await belongsElsewhere(directory, row.account_id))
    throw new ScimError(
      409,
      'This account belongs to another workspace too: its address is its owner’s to change.',
      'mutability',
    );
  await directory.accounts.changeEmail(row.account_id, email).catch((error: unknown) => {
    throw error instanceof AppError && error.code === 'conflict' ? taken('This address') : error;
  });
}

async function update(directory: Directory, row: queries.PersonRow, user: User): Promise<Resource> {
  const { tx, workspaceId } = directory;
  const member = { workspaceId, memberId: row.member_id };
  await checkUserName(directory, user.userName, row.member_id);
  const moved = user.email.toLowerCase() !== row.email.toLowerCase();
  if (moved) await changeAddress(directory, row, user.email);
  if (moved || user.name !== row.name) {
    await setMember(tx, member, { name: user.name, email: user.email });
    await recordAudit(tx, system(workspaceId), 'member.changed', row.member_id);
  }
  await queries.savePerson(tx, workspaceId, row.member_id, user);
  await setActive(directory, row, user.active);
  return getUser(directory, row.member_id);
}

/** @throws ScimError */
export async function replaceUser(directory: Directory, memberId: string, body: unknown): Promise<Resource> {
  return update(directory, await getRow(directory, memberId), readUser(body));
}

/** @throws ScimError */
export async function patchUser(directory: Directory, memberId: string, body: unknown): Promise<Resource> {
  const before = await getUser(directory, memberId);
  return update(directory, await getRow(directory, memberId), readUser(patched(before, body)));
}

/** @throws ScimError */
export async function deleteUser(directory: Directory, memberId: string): Promise<void> {
  const row = await getRow(directory, memberId);
  await setActive(directory, row, false);
  await queries.setGone(directory.tx, directory.workspaceId, row);
}

async function setActive(directory: Directory, row: queries.PersonRow, active: boolean): Promise<void> {
  if (active === (row.status === 'active')) return;
  if (!active && row.status === 'active') return suspend(directory, row);
  if (active && row.status === 'left')
    throw new ScimError(409, 'This member has left; an admin can take the departure back for 30 days.', 'mutability');
  if (active) await letInAgain(directory, row);
}

/** Suspended at once; what becomes of their contacts waits for an admin. */
async function suspend(directory: Directory, row: queries.PersonRow): Promise<void> {
  const { app, accounts, tx, workspaceId } = directory;
  const memberId = row.member_id;
  await lockActiveAdmins(tx, workspaceId);
  await setMember(tx, { workspaceId, memberId }, { status: 'suspended' });
  if ((await countActiveAdmins(tx, workspaceId)) === 0)
    throw new ScimError(409, 'This is the last admin of the workspace: name another one first.', 'mutability');
  await recordAudit(tx, system(workspaceId), 'member.suspended', memberId);
  const departureId = await openDeparture(tx, workspaceId, memberId, { origin: 'scim', openedBy: null });
  await recordAudit(tx, system(workspaceId), 'departure.opened', memberId);
  for (const adminId of await queries.listActiveAdmins(tx, workspaceId))
    await mailMember(app, tx, {
      workspaceId,
      memberId: adminId,
      kind: 'account',
      write: (t) => ({
        subject: t('directory.mail.subject', { name: row.name }),
        paragraphs: [t('directory.mail.text', { name: row.name })],
        action: {
          label: t('directory.mail.action'),
          url: `${app.config.publicUrl}/settings/members/leaving/${departureId}`,
        },
        footer: t('directory.mail.footer'),
      }),
    });
  directory.later(() => endIdleSessions(accounts, app, row.account_id));
}

async function letInAgain({ tx, workspaceId }: Directory, { member_id: memberId }: queries.PersonRow): Promise<void> {
  await setMember(tx, { workspaceId, memberId }, { status: 'active' });
  await recordAudit(tx, system(workspaceId), 'member.active', memberId);
  const [open] = await listDepartures(tx, workspaceId, { openOf: memberId });
  // One that an admin has opened is theirs to cancel.
  if (open?.origin !== 'scim' || !(await setState(tx, workspaceId, open.departure_id, 'open', 'cancelled'))) return;
  await recordAudit(tx, system(workspaceId), 'departure.cancelled', memberId);
}
