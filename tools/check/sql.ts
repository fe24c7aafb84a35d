import { ownSchemas } from '../../server/kernel/migrate.ts';
import { type Breach, lineOf, readFiles, type SourceFile, withoutComments } from './breach.ts';

/** `kernel.installation` is of no workspace. */
const schemas = ownSchemas.join('|').replace('kernel', 'kernel(?!\\.installation)');

/** Keys and indexes that the workspace does not lead, with the reason. */
const freeKeys: Record<string, string> = {
  installation_pk: 'the installation has no workspace',
  member_account_ix: 'sign-in looks for an account before a workspace is known',
  device_secret_ix: 'a device shows its password before a workspace is known',
  community_slug_ix: 'its page is opened before a workspace is known',
  publication_slug_uq: 'a page is opened before a workspace is known',
  link_token_ix: 'a link is followed before a workspace is known',
  entry_search_ix: 'GIN over texts; each row it finds is checked for workspace and audience',
};

/** A query without workspace says why in a comment that begins like this, on one of the lines before it. */
const excuse = /\/\/ No workspace:/;
const excuseReach = 12;

/**
 * A Kysely statement from its first word to its execution, or a raw one between backticks. Inserts are left out: the column
 * is not null, so the types ask for it.
 */
const statements = [
  new RegExp(
    `\\.(?:selectFrom|updateTable|deleteFrom)\\(\\s*'(?:${schemas})\\.[\\s\\S]*?(?:\\.execute\\w*\\(|\\.stream\\(|;\\n|\\n\\}\\n)`,
    'g',
  ),
  new RegExp(
    `\`[^\`]*\\b(?:from|join|update|into)\\s+(?:only\\s+)?(?:${schemas})\\."?[a-z_]+"?(?:[\\s)][^\`]*)?\``,
    'gi',
  ),
];

function checkQueries({ path, text }: SourceFile): Breach[] {
  // Templates within templates, such as a computed column name, would end the outer one.
  const plain = withoutComments(text).replaceAll(/\$\{[^{}`]*`[^`]*`[^{}`]*\}/g, blank);
  const lines = text.split('\n');
  return statements.flatMap((pattern) =>
    [...plain.matchAll(pattern)].flatMap((match) => {
      if (/workspace_?id/i.test(match[0])) return [];
      const line = lineOf(plain, match.index);
      if (lines.slice(Math.max(0, line - excuseReach), line).some((one) => excuse.test(one))) return [];
      return [
        {
          rule: 'workspace',
          file: path,
          line,
          message: 'A query names its workspace (or says "// No workspace: why").',
        },
      ];
    }),
  );
}

/**
 * Where SQL may stand. Everything else asks these: operation → queries → PostgreSQL. A file beside `queries.ts` is named after
 * what it keeps.
 */
const places = [
  /^server\/kernel\//,
  /^server\/[\w-]+\/queries\.ts$/,
  /^server\/connectors\/(?:company|deals|oauth\/queries)\.ts$/,
  /^server\/cards\/(?:rows|resources|arrivals|holding|set-aside|upkeep|consent|views|notes|history|retention|archive|lent|memberships|staff|facts|freshness|golden|offers|verifying|viewpoints|participants|ties|charts|maps|word|postal)\.ts$/,
  /^server\/dav\/deliveries\.ts$/,
  /^server\/collection\/progress\.ts$/,
  /^server\/sources\/(?:files|known|values)\.ts$/,
  /^server\/correspondents\/(?:proposals|lists|meetings)\.ts$/,
  /^server\/delegation\/(?:grants|ledger)\.ts$/,
  /^server\/matching\/(?:proposals|verdicts|health|hunt\/reader)\.ts$/,
  /^server\/outreach\/(?:answered|facts|keys|outbox|people|planning|received|returns|target|tracking)\.ts$/,
  /^server\/relations\/(?:groups|weighing)\.ts$/,
  /^server\/conversations\/(?:arrivals|channels|erasing|figures|files|following|imports|leaving|notes|roads|saved-replies|visitors)\.ts$/,
  // Statements made of conditions, and who is in segments.
  /^server\/segments\/(?:compiling|computing|gathering|members)\.ts$/,
  /^server\/opportunities\/(?:brought|interviews|stages|standing|worth)\.ts$/,
  /^server\/voices\/(?:elsewhere|heard|model\/queries|readings|reported|rising|tree)\.ts$/,
  /^server\/decisions\/(?:answers|crossing|issues)\.ts$/,
  /^server\/community\/posts\.ts$/,
  /^server\/plan\/(?:campaigns|journeys|measuring)\.ts$/,
  /^server\/campaigns\/(?:attributing|results)\.ts$/,
  /^server\/content\/images\.ts$/,
  /^server\/scenarios\/(?:arrivals|journeys|effects)\.ts$/,
  /^server\/data-map\/systems\.ts$/,
  /^server\/bi\/(?:tables|logins)\.ts$/,
  /^server\/distribution\/(?:deliveries|seen|told)\.ts$/,
  /^server\/facts\/(?:aliases|databases|forgetting|imports|kinds|sources)\.ts$/,
  // It asks databases of others.
  /^server\/connectors\/sql\/database\.ts$/,
  // What the installation keeps before there is a workspace, and what stands in the accounts' own schema.
  /^server\/identity\/(?:apps|audit|links|oauth|setup|accounts|attempts|known-devices|passkeys|second-factor)\.ts$/,
];
const asking =
  /\.(?:selectFrom|insertInto|updateTable|deleteFrom)\(|\bsql(?:<[^`]*?>)?`|\.query(?:<[^`]*?>)?\(\s*['"`]/g;

function checkPlace({ path, text }: SourceFile): Breach[] {
  if (places.some((place) => place.test(path))) return [];
  const plain = withoutComments(text);
  return [...plain.matchAll(asking)].map((match) => ({
    rule: 'sql-place',
    file: path,
    line: lineOf(plain, match.index),
    message: 'SQL stands in queries, or beside them in a file named after what it keeps (see tools/check/sql.ts).',
  }));
}

function checkSettings({ path, text }: SourceFile): Breach[] {
  const plain = path.endsWith('.sql') ? text.replaceAll(/--[^\n]*/g, blank) : withoutComments(text);
  return [...plain.matchAll(/\bset_config\b/gi)].map((match) => ({
    rule: 'set-config',
    file: path,
    line: lineOf(plain, match.index),
    message: 'Settings are set with SET LOCAL: set_config does not reach the workers of a sharded database.',
  }));
}

const blank = (all: string) => ' '.repeat(all.length);

function checkPolicies({ path, text }: SourceFile): Breach[] {
  const plain = text.replaceAll(/--[^\n]*/g, blank);
  return [...plain.matchAll(/create policy\b[\s\S]*?(?:;|\$p\$)/gi)].flatMap((match) => {
    const message = /\bfor select\b/i.test(match[0]) ? match[0].replace(/\bfor select\b/i, '') : match[0];
    return /\bselect\b/i.test(message)
      ? [
          {
            rule: 'policy',
            file: path,
            line: lineOf(plain, match.index),
            message: 'A policy reads columns and settings only, no subquery.',
          },
        ]
      : [];
  });
}

const keys =
  /constraint\s+(?<constraint>\w+)\s+(?:primary key|unique(?:\s+nulls\s+not\s+distinct)?|foreign key)\s*\(\s*(?<first>\w+)|create\s+(?:unique\s+)?index\s+(?<index>\w+)\s+on\s+[\w."]+\s*(?:using\s+\w+\s*)?\(\s*(?<lead>\w+)/gi;

function checkKeys({ path, text }: SourceFile): Breach[] {
  const plain = text.replaceAll(/--[^\n]*/g, blank);
  const unnamed = [...plain.matchAll(/^(?!.*\bconstraint\b)(?!.*\bindex\b).*\b(?:primary key|unique)\b/gim)].map(
    (match) => ({
      rule: 'key',
      file: path,
      line: lineOf(plain, match.index),
      message: 'A key has a name and begins with workspace_id.',
    }),
  );
  const led = [...plain.matchAll(keys)].flatMap((match) => {
    const { constraint, first, index, lead } = match.groups!;
    if ((first ?? lead) === 'workspace_id' || freeKeys[(constraint ?? index)!]) return [];
    return [
      {
        rule: 'key',
        file: path,
        line: lineOf(plain, match.index),
        message: `${constraint ?? index} begins with workspace_id.`,
      },
    ];
  });
  return [...unnamed, ...led];
}

/** Refuses SQL that a sharded database or another tenant would suffer from (ARCHITECTURE.md, row security). */
export function checkSql(root: string): Breach[] {
  const code = readFiles(root, ['{server,cli}/**/*.ts']).filter(
    ({ path }) => !/(\.test|\/testing(-database)?)\.ts$/.test(path),
  );
  const migrations = readFiles(root, ['db/migrations/*.sql']);
  return [
    ...code.flatMap(checkQueries),
    ...code.flatMap(checkPlace),
    ...[...code, ...migrations].flatMap(checkSettings),
    ...migrations.flatMap(checkPolicies),
    ...migrations.flatMap(checkKeys),
  ];
}
