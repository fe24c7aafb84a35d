import { posix } from 'node:path';
import { type Breach, lineOf, readFiles, type SourceFile, withoutComments } from './breach.ts';

/**
 * The modules of the server, each with the modules it may use and the files it shows to those. What is not listed is
 * forbidden; upward needs travel as jobs and signals. `contract.ts` is public to all that may use the module.
 */
const modules: Record<string, { uses: string[]; shows: string[] }> = {
  identity: {
    uses: [],
    shows: [
      'accounts.ts',
      'apps.ts',
      'audit.ts',
      'known-devices.ts',
      'links.ts',
      'members.ts',
      'oauth.ts',
      'queries.ts',
    ],
  },
  delegation: {
    uses: ['identity'],
    shows: [
      'copies.ts',
      'field-classes.ts',
      'grants.ts',
      'ledger.ts',
      'lend.ts',
      'queries.ts',
      'rules.ts',
      'sentence.ts',
    ],
  },
  charter: { uses: ['identity', 'delegation'], shows: ['queries.ts'] },
  cards: {
    uses: ['identity', 'delegation', 'charter'],
    shows: [
      'compose.ts',
      'consent.ts',
      'editing.ts',
      'employments.ts',
      'export-columns.ts',
      'export.ts',
      'facts.ts',
      'fields.ts',
      'freshness.ts',
      'golden.ts',
      'holding.ts',
      'learning.ts',
      'memberships.ts',
      'octets.ts',
      'offering.ts',
      'own-card.ts',
      'participants.ts',
      'persons.ts',
      'putting.ts',
      'recognised.ts',
      'resources.ts',
      'rows.ts',
      'set-aside.ts',
      'retention.ts',
      'staff.ts',
      'suppression.ts',
      'charts.ts',
      'maps.ts',
      'taking-in.ts',
      'taking-out.ts',
      'ties.ts',
      'upkeep.ts',
      'postal.ts',
      'viewpoints.ts',
      'visibility.ts',
      'word.ts',
      'writing.ts',
    ],
  },
  attributes: { uses: ['identity', 'delegation', 'cards'], shows: ['index.ts'] },
  collection: { uses: ['identity', 'delegation', 'cards', 'attributes'], shows: ['asking.ts', 'progress.ts'] },
  cleaning: { uses: ['identity', 'delegation', 'cards'], shows: [] },
  apps: { uses: ['identity', 'delegation', 'cards', 'outreach'], shows: [] },
  facts: { uses: ['identity', 'delegation', 'cards', 'connectors'], shows: ['index.ts'] },
  dav: { uses: ['identity', 'delegation', 'cards'], shows: ['xml.ts'] },
  correspondents: {
    uses: ['identity', 'delegation', 'charter', 'cards', 'sources', 'connectors', 'outreach'],
    shows: [],
  },
  home: { uses: ['identity', 'delegation', 'cards'], shows: [] },
  leaving: { uses: ['identity', 'delegation', 'charter', 'cards'], shows: ['queries.ts'] },
  matching: { uses: ['identity', 'delegation', 'cards'], shows: [] },
  outreach: {
    uses: ['identity', 'delegation', 'cards', 'connectors'],
    shows: [
      'answered.ts',
      'answers.ts',
      'asked.ts',
      'carrier-port.ts',
      'choosing.ts',
      'clock.ts',
      'complaints.ts',
      'contacts.ts',
      'content-port.ts',
      'deliver.ts',
      'estimating.ts',
      'facts.ts',
      'gate.ts',
      'letters.ts',
      'members.ts',
      'own-mail-port.ts',
      'people.ts',
      'planning.ts',
      'posting.ts',
      'queries.ts',
      'returns.ts',
      'rules.ts',
      'sending.ts',
      'tracking-rules.ts',
      'tracking.ts',
      'unsubscribe.ts',
    ],
  },
  notices: { uses: ['identity', 'delegation', 'cards', 'outreach', 'introductions'], shows: [] },
  'data-map': { uses: ['identity', 'delegation', 'cards', 'collection'], shows: [] },
  adoption: { uses: ['identity'], shows: [] },
  audit: { uses: ['identity', 'delegation', 'cards'], shows: [] },
  dashboards: {
    uses: ['identity', 'cards', 'relations', 'conversations', 'voices', 'collection', 'segments'],
    shows: [],
  },
  bi: {
    uses: ['identity', 'delegation', 'cards', 'relations', 'conversations', 'facts', 'segments'],
    shows: [],
  },
  distribution: { uses: ['identity', 'delegation', 'facts'], shows: ['signing.ts'] },
  destinations: {
    uses: ['identity', 'delegation', 'cards', 'dav', 'connectors', 'segments', 'distribution'],
    shows: [],
  },
  'lead-days': { uses: ['identity', 'delegation'], shows: [] },
  relations: { uses: ['identity', 'delegation', 'cards'], shows: ['knowing.ts', 'strength.ts'] },
  maps: { uses: ['identity', 'delegation', 'cards', 'relations'], shows: [] },
  'self-update': {
    uses: ['identity', 'delegation', 'cards', 'attributes', 'collection', 'facts', 'outreach', 'tasks'],
    shows: ['giving.ts', 'rules.ts'],
  },
  compliance: {
    uses: ['identity', 'delegation', 'cards', 'facts', 'conversations', 'outreach', 'tasks', 'self-update'],
    shows: [],
  },
  opportunities: {
    uses: ['identity', 'delegation', 'cards', 'relations', 'tasks', 'connectors'],
    shows: ['finding.ts', 'interview-contract.ts', 'interviews.ts', 'standing.ts', 'worth.ts'],
  },
  tasks: { uses: ['identity', 'delegation', 'cards'], shows: ['giving.ts', 'queries.ts'] },
  introductions: { uses: ['identity', 'delegation', 'cards'], shows: ['asking.ts'] },
  // An entrance: its tools are operations of the modules, which the assembly hands it.
  mcp: {
    uses: [
      'identity',
      'delegation',
      'cards',
      'relations',
      'tasks',
      'introductions',
      'conversations',
      'opportunities',
      'segments',
    ],
    shows: [],
  },
  scim: { uses: ['identity', 'leaving', 'outreach'], shows: [] },
  sources: {
    uses: ['identity', 'delegation', 'cards', 'matching', 'attributes'],
    shows: ['known.ts', 'parts.ts', 'queries.ts', 'queueing.ts', 'rules.ts', 'state.ts', 'undo.ts', 'updating.ts'],
  },
  connectors: {
    uses: ['identity', 'delegation', 'cards', 'dav', 'sources'],
    shows: [
      'asking.ts',
      'collection.ts',
      'connector.ts',
      'deals.ts',
      'discovery.ts',
      'engines.ts',
      'imap-session.ts',
      'rules.ts',
      'settings.ts',
      'syncing.ts',
    ],
  },
  sso: { uses: ['identity'], shows: [] },
  conversations: {
    uses: ['identity', 'delegation', 'cards', 'relations', 'connectors', 'outreach'],
    shows: [
      'answering.ts',
      'arrivals.ts',
      'arriving.ts',
      'asking.ts',
      'carrying.ts',
      'channel.ts',
      'erasing.ts',
      'channels.ts',
      'figures.ts',
      'form.ts',
      'hook-request.ts',
      'kinds.ts',
      'queries.ts',
      'reading.ts',
      'saved-replies.ts',
      'signing.ts',
      'verifying.ts',
    ],
  },
  forms: {
    uses: [
      'identity',
      'delegation',
      'cards',
      'attributes',
      'collection',
      'facts',
      'conversations',
      'outreach',
      'events',
    ],
    shows: ['queries.ts', 'visiting.ts'],
  },
  decisions: {
    uses: [
      'identity',
      'delegation',
      'cards',
      'relations',
      'tasks',
      'outreach',
      'introductions',
      'connectors',
      'conversations',
      'opportunities',
      'voices',
    ],
    shows: [],
  },
  voices: {
    uses: ['identity', 'cards', 'conversations', 'connectors', 'opportunities'],
    shows: ['index.ts', 'tree.ts'],
  },
  content: { uses: ['identity', 'delegation', 'cards', 'outreach', 'voices'], shows: ['index.ts'] },
  pages: { uses: ['identity', 'delegation', 'cards', 'outreach', 'conversations', 'content', 'forms'], shows: [] },
  community: { uses: ['identity', 'delegation', 'cards', 'outreach', 'voices'], shows: [] },
  segments: {
    uses: [
      'identity',
      'delegation',
      'cards',
      'relations',
      'facts',
      'attributes',
      'conversations',
      'voices',
      'opportunities',
    ],
    shows: ['index.ts'],
  },
  events: {
    uses: ['identity', 'delegation', 'cards', 'facts', 'outreach', 'tasks'],
    // To forms, by which anybody registers.
    shows: ['describing.ts', 'owning.ts', 'page.ts', 'queries.ts', 'registering.ts', 'rules.ts', 'words.ts'],
  },
  plan: {
    uses: ['identity', 'delegation', 'outreach', 'conversations', 'facts', 'tasks', 'voices', 'segments'],
    shows: ['index.ts'],
  },
  letters: {
    uses: ['identity', 'delegation', 'cards', 'outreach', 'tasks', 'content', 'plan'],
    shows: ['index.ts'],
  },
  campaigns: {
    uses: ['identity', 'delegation', 'cards', 'outreach', 'tasks', 'content', 'segments', 'plan', 'hunting', 'letters'],
    shows: [],
  },
  hunting: {
    uses: ['identity', 'delegation', 'cards', 'relations', 'outreach', 'content', 'tasks', 'plan'],
    shows: ['index.ts'],
  },
  scenarios: {
    uses: [
      'identity',
      'delegation',
      'cards',
      'attributes',
      'facts',
      'segments',
      'outreach',
      'content',
      'tasks',
      'plan',
      'self-update',
      'surveys',
      'letters',
    ],
    shows: [],
  },
  surveys: {
    uses: ['identity', 'delegation', 'cards', 'facts', 'outreach', 'conversations', 'voices', 'opportunities'],
    shows: ['beginning.ts', 'giving.ts'],
  },
};

/** Areas that know no module: the ground (kernel) and pure codecs (formats). */
const ground: Record<string, string[]> = { kernel: ['kernel'], formats: ['formats'] };

/** Folders of modules that are pure: they know nothing of the server but the codecs. */
const pure = /^server\/voices\/reading\//;

/** The only files that know everything: they put the modules together, and fill them for a look around (demo). */
const assembly = /^server\/(main|serve|start|modules|demo\/\w+)\.ts$/;

/** Tests speak HTTP to the whole application: they may use the harnesses and every contract. */
const test = /\.test\.ts$/;
const harness = /^server\/[\w-]+\/testing(-database)?\.ts$/;

const importing = /\b(?:from|import)\s*\(?\s*(['"])(\.[^'"\n]*|[^'"\n.][^'"\n]*)\1/g;

interface Import {
  from: string;
  to: string;
  line: number;
}

function importsOf({ path, text }: SourceFile): Import[] {
  const plain = withoutComments(text);
  return [...plain.matchAll(importing)].map((match) => ({
    from: path,
    to: match[2]!.startsWith('.') ? posix.join(posix.dirname(path), match[2]!) : match[2]!,
    line: lineOf(plain, match.index),
  }));
}

const moduleOf = (path: string): string | undefined => /^server\/([^/]+)\//.exec(path)?.[1];
/** One a module, or one a subject of it (`paths-contract.ts`). */
const isContract = (path: string): boolean => /^server\/[^/]+\/(?:[a-z]+-)?contract\.ts$/.test(path);

/** Why the import is forbidden, or undefined. */
function objection({ from, to }: Import): string | undefined {
  if (!/^(server|web|cli|tools|bench|e2e)\//.test(to)) return undefined;
  if (from.startsWith('web/') && !to.startsWith('web/'))
    return isContract(to) || test.test(from) ? undefined : 'The interface imports contracts only.';
  if (from.startsWith('server/') && to.startsWith('web/')) return 'The server does not know the interface.';
  if (!from.startsWith('server/') || assembly.test(from) || harness.test(from)) return undefined;
  if (test.test(from) && (isContract(to) || harness.test(to) || assembly.test(to) || to.startsWith('tools/')))
    return undefined;
  return serverObjection(from, to);
}

function serverObjection(from: string, to: string): string | undefined {
  if (!to.startsWith('server/')) return 'The server does not depend on tools.';
  if (harness.test(to)) return 'The test harness is for tests.';
  const [here, there] = [moduleOf(from), moduleOf(to)];
  const folder = pure.exec(from)?.[0];
  if (folder && !to.startsWith(folder) && there !== 'formats') return `${folder} is pure: it knows the codecs only.`;
  if (here === there) return undefined;
  if (!there) return 'Only the assembly files know the whole.';
  if (here && ground[here]) return `${here} knows no other part of the server.`;
  if (there in ground) return undefined;
  const rules = here ? modules[here] : undefined;
  if (!rules || !modules[there]) return `The module ${here && !rules ? here : there} is not in the table of modules.`;
  if (!rules.uses.includes(there)) return `${here} may not use ${there}: modules form a DAG.`;
  if (isContract(to) || modules[there].shows.includes(posix.basename(to))) return undefined;
  return `${posix.basename(to)} is internal to ${there}.`;
}

/** Refuses imports across a boundary (ARCHITECTURE.md, rules 2 and 3). */
export function checkBoundaries(root: string): Breach[] {
  const files = readFiles(root, ['{server,web,cli,bench,e2e}/**/*.{ts,tsx}']);
  return files.flatMap(importsOf).flatMap((one) => {
    const message = objection(one);
    return message ? [{ rule: 'boundary', file: one.from, line: one.line, message: `${message} (${one.to})` }] : [];
  });
}
