import { Button, Group, Modal, SegmentedControl, Stack, TextInput } from '@mantine/core';
import { IconBlocks, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Block, type Language, languages, type PartSaid } from '../../../../server/content/blocks-contract.ts';
import {
  type Audience,
  addPart,
  type Part,
  removePart,
  restorePart,
  savePart,
} from '../../../../server/content/contract.ts';
import { call } from '../../api.ts';
import { spoken, t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { offerUndo, say, sayError } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { AudienceChoice } from './AudienceChoice.tsx';
import { BlockForm } from './BlockForm.tsx';
import { BlockList } from './BlockList.tsx';
import classes from './Content.module.css';
import { ContentTabs } from './ContentTabs.tsx';
import { partsQuery, refreshParts } from './queries.ts';
import { findBlock, newBlock, replaceBlock } from './tree.ts';
import { useTrial } from './useTrial.ts';

/** Blocks that stand in several contents, written once. */
export function Parts() {
  const { data, error, refetch } = useQuery(partsQuery);
  const [opened, open] = useState<Part | 'new' | null>(null);
  const button = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => open('new')}>
      {t('content.parts.new')}
    </Button>
  );
  return (
    <>
      <ContentTabs />
      <Page
        title={t('content.parts.title')}
        lead={t('content.parts.lead')}
        actions={data?.items.length ? button : undefined}
      >
        <ErrorNotice error={error} onRetry={() => void refetch()} />
        {!data && !error && <Loading lines={4} />}
        {data?.items.length === 0 && (
          <EmptyState
            icon={<IconBlocks size={40} stroke={1.4} />}
            title={t('content.parts.none')}
            text={t('content.parts.none.text')}
            action={button}
          />
        )}
        {data && data.items.length > 0 && (
          <Lines>
            {data.items.map((part) => (
              <li key={part.id}>
                <button type="button" className={classes.lineButton} onClick={() => open(part)}>
                  <strong dir="auto">{part.name}</strong>
                  <span className={classes.quiet}>
                    {languages
                      .filter((one) => part.said[one])
                      .map((one) => one.toUpperCase())
                      .join(', ')}
                  </span>
                </button>
              </li>
            ))}
          </Lines>
        )}
        {opened && <PartDialog part={opened === 'new' ? undefined : opened} onClose={() => open(null)} />}
      </Page>
    </>
  );
}

interface PartDraft {
  name: string;
  audience: Audience;
  said: PartSaid;
}

const audienceOf = ({ audience }: Part): Audience =>
  audience.kind === 'team' ? { kind: 'team', id: audience.id } : { kind: audience.kind };

function PartDialog({ part, onClose }: { part: Part | undefined; onClose: () => void }) {
  const begin: PartDraft = part
    ? { name: part.name, audience: audienceOf(part), said: part.said }
    : { name: '', audience: { kind: 'mine' }, said: { [spoken()]: [newBlock('text', spoken())] } as PartSaid };
  const form = useForm(begin, async (values) => {
    if (part) await call(savePart, { partId: part.id, edition: part.edition, ...values });
    else await call(addPart, values);
    await refreshParts();
    say(t('content.saved'));
    onClose();
  });
  const remove = async (of: Part) => {
    try {
      await call(removePart, { partId: of.id });
      await refreshParts();
      onClose();
      offerUndo(t('content.removed', { name: of.name }), async () => {
        await call(restorePart, { partId: of.id });
        await refreshParts();
      });
    } catch (error) {
      sayError(error);
    }
  };
  const { values, set } = form;
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={part?.name ?? t('content.parts.new')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <TextInput
            name="name"
            required
            withAsterisk={false}
            maxLength={120}
            label={t('content.name')}
            value={values.name}
            error={form.problem('name')}
            onChange={({ currentTarget }) => set('name', currentTarget.value)}
          />
          <AudienceChoice value={values.audience} onChange={(audience) => set('audience', audience)} />
          <PartBlocks said={values.said} onChange={(said) => set('said', said)} />
          <ErrorNotice error={form.error} />
          {(!part || part.mine) && (
            <Group justify="space-between">
              {part ? (
                <Button variant="subtle" color="red" onClick={() => void remove(part)}>
                  {t('content.parts.remove')}
                </Button>
              ) : (
                <span />
              )}
              <Button type="submit" loading={form.sending}>
                {t('shell.save')}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Modal>
  );
}

function PartBlocks({ said, onChange }: { said: PartSaid; onChange: (said: PartSaid) => void }) {
  const [language, speak] = useState<Language>(said[spoken()] ? spoken() : said.fr ? 'fr' : 'en');
  const [chosen, choose] = useState<string | null>(null);
  const blocks = (said[language] ?? []) as Block[];
  const trial = useTrial('email', { subject: '-', preheader: '', blocks }, language);
  const block = findBlock(blocks, chosen ?? '');
  const put = (next: readonly Block[]) => onChange({ ...said, [language]: next as PartSaid['fr'] });
  return (
    <>
      <SegmentedControl
        aria-label={t('content.language')}
        value={language}
        data={languages.map((one) => ({ value: one, label: t(`content.language.${one}`) }))}
        onChange={(value) => {
          speak(value as Language);
          choose(null);
        }}
      />
      <BlockList
        part
        blocks={blocks}
        language={language}
        chosen={chosen}
        findings={trial.findings}
        onChoose={choose}
        onChange={put}
      />
      {block && <BlockForm block={block} language={language} onChange={(next) => put(replaceBlock(blocks, next))} />}
      {trial.data?.mail && blocks.length > 0 && (
        <iframe title={t('content.preview')} sandbox="" srcDoc={trial.data.mail.html} className={classes.partPreview} />
      )}
    </>
  );
}
