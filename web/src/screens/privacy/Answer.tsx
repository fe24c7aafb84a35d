import { Button, Group, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { type AnswerContent, answerPdfPath, openAnswer } from '../../../../server/compliance/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { ApiError, apiBase, call } from '../../api.ts';
import { calendarDay, longDate } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { currentLanguage } from '../../language.ts';
import { tokenInFragment } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { sayError } from '../../ui/undo.tsx';
import { Door } from '../identity/Door.tsx';
import { useKept } from '../own-word/draft.ts';
import classes from './Privacy.module.css';

/** The page of the link that a person was sent: what is held of them, to read and to keep. */
export function Answer() {
  const [token] = useState(() => tokenInFragment() ?? '');
  // A change of language, which begins the page anew, keeps it.
  const [data, keep] = useKept<Output<typeof openAnswer> | null>(`answer ${token}`, null);
  const opening = useMutation({ mutationFn: () => call(openAnswer, { token }), onSuccess: keep });
  const expired = opening.error instanceof ApiError && opening.error.code === 'link_expired';
  if (expired || token === '')
    return (
      <Door title={t('privacy.page.title')} foot={null}>
        <p role="status">{t('privacy.page.expired')}</p>
      </Door>
    );
  if (!data)
    return (
      <Door title={t('privacy.page.title')} foot={null}>
        <Stack>
          <p>{t('privacy.page.readText')}</p>
          <ErrorNotice error={opening.error} />
          <Button loading={opening.isPending} onClick={() => opening.mutate()}>
            {t('privacy.page.read')}
          </Button>
        </Stack>
      </Door>
    );
  const { content, expiresAt } = data;
  return (
    <Door
      wide
      title={t('privacy.document.title', { workspace: content.workspace, kind: content.kind })}
      lead={t('privacy.document.lead', {
        workspace: content.workspace,
        kind: content.kind,
        address: content.address,
        date: calendarDay(content.madeOn),
      })}
      foot={t('privacy.page.until', { date: longDate(expiresAt) })}
    >
      <Read content={content} token={token} />
    </Door>
  );
}

function Read({ content, token }: { content: AnswerContent; token: string }) {
  const { sections, recipients, workspace, incomplete } = content;
  return (
    <Stack gap="lg">
      <Keep content={content} token={token} />
      {incomplete && <p role="alert">{t('privacy.document.incomplete', { workspace })}</p>}
      {recipients.map(({ kind, name, purposes }) => (
        <p key={`${kind} ${name}`} className={classes.reason}>
          {t('privacy.document.recipient', {
            kind,
            name: name ?? '',
            purposes: purposes.length,
            list: purposes.map((one) => told(`delegation.purpose.${one}`) ?? one).join(', '),
          })}
        </p>
      ))}
      {sections.length === 0 && <p>{t('privacy.document.nothing')}</p>}
      <div>
        {sections.map(({ table, rows }, index) => (
          <details key={table} className={classes.part} open={index < 3}>
            <summary>
              {told(`privacy.table.${table}`) ?? table} ({t('privacy.page.count', { count: rows.length })})
            </summary>
            <ul className={classes.rows}>
              {rows.map((row) => (
                <Row key={JSON.stringify(row)} row={row} />
              ))}
            </ul>
          </details>
        ))}
      </div>
      <p>{t('privacy.document.rights', { workspace })}</p>
    </Stack>
  );
}

/** A page to keep, a file for programs, a contact for an address book; made here of what was opened. */
function Keep({ content, token }: { content: AnswerContent; token: string }) {
  const pdf = useMutation({
    mutationFn: async () => {
      const answer = await fetch(apiBase + answerPdfPath, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-entregent-csrf': '1' },
        body: JSON.stringify({ token }),
      });
      if (!answer.ok) throw new Error(String(answer.status));
      save(await answer.blob(), `${content.kind}.pdf`);
    },
    onError: sayError,
  });
  const json = () =>
    save(new Blob([JSON.stringify(content, null, 2)], { type: 'application/json' }), `${content.kind}.json`);
  return (
    <Group gap="xs">
      <Button loading={pdf.isPending} onClick={() => pdf.mutate()}>
        {t('privacy.page.pdf')}
      </Button>
      <Button variant="default" onClick={json}>
        {t('privacy.page.json')}
      </Button>
      {content.vcard && (
        <Button
          variant="default"
          onClick={() => save(new Blob([content.vcard!], { type: 'text/vcard' }), `${content.kind}.vcf`)}
        >
          {t('privacy.page.vcard')}
        </Button>
      )}
    </Group>
  );
}

function save(octets: Blob, name: string): void {
  const url = URL.createObjectURL(octets);
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}

/** Of use to programs alone. */
const forPrograms = new Set(['octets']);

function Row({ row }: { row: Record<string, unknown> }) {
  const said = Object.entries(row).flatMap(([name, value]) => {
    const words = forPrograms.has(name) ? '' : inWords(value);
    return words === '' ? [] : [{ name, words }];
  });
  if (said.length === 0) return null;
  return (
    <li>
      <dl>
        {said.map(({ name, words }) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{told(`privacy.column.${name}`) ?? name}</dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </li>
  );
}

function inWords(value: unknown): string {
  if (value === null || value === undefined || value === '') return '';
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\d(?:T|$)/.test(value)) {
    const at = new Date(value);
    if (!Number.isNaN(at.getTime()))
      return new Intl.DateTimeFormat(currentLanguage(), {
        dateStyle: 'long',
        ...(value.includes('T') && { timeStyle: 'short' }),
      }).format(at);
  }
  if (Array.isArray(value)) return value.map(inWords).filter(Boolean).join(', ');
  if (typeof value === 'object') return Object.values(value).map(inWords).filter(Boolean).join(', ');
  return String(value);
}
