import { Alert, Button, Group, Menu, SegmentedControl, Stack, TextInput } from '@mantine/core';
import { IconArrowLeft, IconDots, IconHistory, IconSend } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { type Block, type Language, languages, type Saying } from '../../../../server/content/blocks-contract.ts';
import {
  type Audience,
  type Finding,
  type FullContent,
  removeContent,
  restoreContent,
  sendTrial,
} from '../../../../server/content/contract.ts';
import type { Kind } from '../../../../server/content/kinds-contract.ts';
import { call } from '../../api.ts';
import { type MessageKey, spoken, t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { offerUndo, say, sayError, sayProblem } from '../../ui/undo.tsx';
import { AudienceChoice } from './AudienceChoice.tsx';
import { BlockForm } from './BlockForm.tsx';
import { BlockList } from './BlockList.tsx';
import classes from './Content.module.css';
import { ContentTabs } from './ContentTabs.tsx';
import { LiquidField, ReaderUnknown } from './LiquidField.tsx';
import { Findings, LetterPreview, Preview, ShortPreview } from './Preview.tsx';
import { Publication } from './Publication.tsx';
import { contentQuery, refreshContents } from './queries.ts';
import { SmsForm } from './SmsForm.tsx';
import { Suggest } from './Suggest.tsx';
import { TemplateForm } from './TemplateForm.tsx';
import { findBlock, newBlockId, replaceBlock } from './tree.ts';
import { type Saving, useDraft } from './useDraft.ts';
import { useTrial } from './useTrial.ts';
import { Versions } from './Versions.tsx';

export function ContentPage() {
  const { contentId } = useParams({ from: '/members/plan/content/$contentId' });
  // Asked for once: what is being written is newer than what a second answer would say.
  const { data, error, refetch, isFetchedAfterMount } = useQuery({
    ...contentQuery(contentId),
    refetchOnMount: 'always',
    refetchOnWindowFocus: false,
  });
  const [restored, setRestored] = useState(0);
  return (
    <>
      <ContentTabs />
      {error && !data && (
        <Page title={t('content.title')}>
          <ErrorNotice error={error} onRetry={() => void refetch()} />
        </Page>
      )}
      {!isFetchedAfterMount && <Loading lines={6} />}
      {data && isFetchedAfterMount && (
        <Editor key={`${data.id} ${restored}`} content={data} onRestored={() => setRestored(restored + 1)} />
      )}
    </>
  );
}

const emptyTemplate = { name: '', locale: '', category: 'utility' as const, body: '', parameters: [] };
/** What nothing is said as yet. */
const emptyOf = (kind: Kind, language: Language): Saying => ({
  ...{ subject: '', preheader: '', blocks: [] },
  ...(kind === 'whatsapp' ? { template: { ...emptyTemplate, locale: language } } : {}),
});

function Editor({ content, onRestored }: { content: FullContent; onRestored: () => void }) {
  const { draft, change, saving, save, settle, share, edition } = useDraft(content);
  const own = spoken();
  const [language, speak] = useState<Language>(
    content.languages.length === 0 || draft.said[own] ? own : content.languages[0]!,
  );
  const [chosen, choose] = useState<string | null>(null);
  const [past, showPast] = useState(false);
  const saying = draft.said[language];
  const { kind } = content;
  const inBlocks = kind === 'email' || kind === 'letter' || kind === 'page';
  const empty = emptyOf(kind, language);
  const trial = useTrial(kind, saying ?? empty, language);
  const put = (next: Partial<Saying>) =>
    change({ said: { ...draft.said, [language]: { ...(saying ?? empty), ...next } } });
  const block = saying && findBlock(saying.blocks as Block[], chosen ?? '');
  const settled = async (whose: 'mine' | 'theirs') => {
    choose(null);
    await settle(whose).catch(sayError);
  };
  return (
    <Page
      title={draft.name || content.name}
      width="full"
      lead={<SavingWord saving={saving} readOnly={!content.mine} />}
      actions={
        <Actions
          content={content}
          language={language}
          personId={trial.personId}
          save={save}
          onPast={() => void save().then(() => showPast(true))}
        />
      }
    >
      {saving === 'conflict' && (
        <Alert color="amber" role="alert" title={t('content.conflict')} mb="md">
          <p>{t('content.conflict.text')}</p>
          <Group>
            <Button variant="default" onClick={() => void settled('theirs')}>
              {t('content.conflict.theirs')}
            </Button>
            <Button variant="default" onClick={() => void settled('mine')}>
              {t('content.conflict.mine')}
            </Button>
          </Group>
        </Alert>
      )}
      <ReaderUnknown value={kind === 'page'}>
        <div className={classes.editor}>
          <div className={classes.writing} inert={!content.mine}>
            <SegmentedControl
              aria-label={t('content.language')}
              value={language}
              data={languages.map((one) => ({ value: one, label: t(`content.language.${one}`) }))}
              onChange={(value) => {
                speak(value as Language);
                choose(null);
              }}
            />
            {saying ? (
              <Stack gap="sm" mt="md">
                <About
                  content={content}
                  name={draft.name}
                  onName={(name) => change({ name })}
                  onShare={(audience) => share(audience).then((done) => done && say(t('content.shared')), sayError)}
                />
                <Words {...{ kind, saying, language, chosen, put }} findings={trial.findings} onChoose={choose} />
              </Stack>
            ) : (
              <NoLanguage {...{ kind, language }} other={draft.said[language === 'fr' ? 'en' : 'fr']} onBegin={put} />
            )}
          </div>
          {saying && inBlocks && (
            <div className={classes.side}>
              <div className={classes.form} inert={!content.mine}>
                {block ? (
                  <section aria-label={t(`content.block.${block.kind}`)} key={block.id}>
                    <h2>{t(`content.block.${block.kind}`)}</h2>
                    <BlockForm
                      block={block}
                      language={language}
                      onChange={(next) => put({ blocks: replaceBlock(saying.blocks as Block[], next) })}
                    />
                    <SuggestFor {...{ block, saying, language, put }} />
                  </section>
                ) : (
                  <p className={classes.quiet}>{t('content.block.choose')}</p>
                )}
              </div>
              <Findings findings={trial.findings} onChoose={choose} />
              {kind === 'page' && <Publication content={content} save={save} />}
            </div>
          )}
          {saying && kind === 'letter' && <LetterPreview trial={trial} />}
          {saying && inBlocks && kind !== 'letter' && <Preview kind={kind} trial={trial} language={language} />}
          {saying && !inBlocks && (
            <div className={classes.side}>
              <ShortPreview {...{ kind, trial, language }} />
              <Findings findings={trial.findings} onChoose={lookAtPiece} />
            </div>
          )}
        </div>
      </ReaderUnknown>
      {past && (
        <Versions content={content} edition={edition.current} onClose={() => showPast(false)} onRestored={onRestored} />
      )}
    </Page>
  );
}

/** Puts the cursor where something is to be mended. */
const lookAtPiece = (id: string) =>
  document.querySelector<HTMLElement>(`[data-piece="${id}"] :is(textarea, input)`)?.focus();

interface WordsProps {
  kind: Kind;
  saying: Saying;
  language: Language;
  chosen: string | null;
  findings: readonly Finding[];
  put: (next: Partial<Saying>) => void;
  onChoose: (id: string | null) => void;
}

/** What the first line is called where it is no subject of a mail. */
const subjectOf: Partial<Record<Kind, MessageKey>> = { letter: 'content.letter.subject', page: 'content.page.title' };

/** What is written, in the manner of its kind. */
function Words({ kind, saying, language, chosen, findings, put, onChoose }: WordsProps) {
  const blocks = saying.blocks as Block[];
  if (kind === 'sms') return <SmsForm {...{ saying, blocks, language }} onChange={(next) => put({ blocks: next })} />;
  if (kind === 'whatsapp')
    return (
      <TemplateForm {...{ saying, language }} template={saying.template!} onChange={(template) => put({ template })} />
    );
  return (
    <>
      <LiquidField
        label={t(subjectOf[kind] ?? 'content.subject')}
        {...(kind === 'letter' ? { description: t('content.letter.subject.help') } : {})}
        value={saying.subject}
        maxLength={300}
        onChange={(subject) => put({ subject })}
      />
      <Suggest
        key={`subject ${language}`}
        {...{ saying, language }}
        field="subject"
        blockId={null}
        value={saying.subject}
        onPick={(subject) => put({ subject })}
      />
      {kind !== 'letter' && (
        <LiquidField
          label={t(kind === 'page' ? 'content.page.description' : 'content.preheader')}
          description={t(kind === 'page' ? 'content.page.description.help' : 'content.preheader.help')}
          value={saying.preheader}
          maxLength={300}
          onChange={(preheader) => put({ preheader })}
        />
      )}
      <BlockList
        {...{ blocks, language, chosen, findings, onChoose }}
        paper={kind === 'letter'}
        onChange={(next) => put({ blocks: next })}
      />
    </>
  );
}

interface SuggestForProps {
  block: Block;
  saying: Saying;
  language: Language;
  put: (next: Partial<Saying>) => void;
}

/** Other words for what a block says, where it says something in words. */
function SuggestFor({ block, saying, language, put }: SuggestForProps) {
  const replace = (next: Block) => put({ blocks: replaceBlock(saying.blocks as Block[], next) });
  const common = { saying, language, blockId: block.id };
  if (block.kind === 'button')
    return <Suggest {...common} field="label" value={block.label} onPick={(label) => replace({ ...block, label })} />;
  if (block.kind !== 'heading' && block.kind !== 'text') return null;
  return <Suggest {...common} field={block.kind} value={block.text} onPick={(text) => replace({ ...block, text })} />;
}

function SavingWord({ saving, readOnly }: { saving: Saving; readOnly: boolean }) {
  return <span role="status">{t(readOnly ? 'content.readOnly' : `content.saving.${saving}`)}</span>;
}

interface AboutProps {
  content: FullContent;
  name: string;
  onName: (name: string) => void;
  onShare: (audience: Audience) => void;
}

function About({ content, name, onName, onShare }: AboutProps) {
  return (
    <details>
      <summary>{t('content.about')}</summary>
      <Stack gap="sm" mt="xs">
        <TextInput
          label={t('content.name')}
          maxLength={120}
          value={name}
          onChange={({ currentTarget }) => onName(currentTarget.value)}
        />
        <AudienceChoice
          value={
            content.audience.kind === 'team'
              ? { kind: 'team', id: content.audience.id }
              : { kind: content.audience.kind }
          }
          onChange={onShare}
        />
      </Stack>
    </details>
  );
}

function NoLanguage({
  kind,
  language,
  other,
  onBegin,
}: {
  kind: Kind;
  language: Language;
  other: Saying | undefined;
  onBegin: (saying: Saying) => void;
}) {
  return (
    <Stack align="flex-start" mt="md">
      <p className={classes.quiet}>{t('content.language.none', { language: t(`content.language.${language}`) })}</p>
      {other && (
        <Button onClick={() => onBegin(other)}>
          {t(language === 'fr' ? 'content.language.copyEn' : 'content.language.copyFr')}
        </Button>
      )}
      <Button
        variant={other ? 'default' : 'filled'}
        onClick={() =>
          onBegin(
            kind === 'whatsapp'
              ? emptyOf(kind, language)
              : { ...emptyOf(kind, language), blocks: [{ id: newBlockId(), kind: 'text', text: '' }] },
          )
        }
      >
        {t('content.language.begin')}
      </Button>
    </Stack>
  );
}

interface ActionsProps {
  content: FullContent;
  language: Language;
  personId: string | undefined;
  save: () => Promise<boolean>;
  onPast: () => void;
}

function Actions({ content, language, personId, save, onPast }: ActionsProps) {
  const navigate = useNavigate();
  const [sending, send] = useState(false);
  const remove = async () => {
    try {
      await call(removeContent, { contentId: content.id });
      await refreshContents();
      void navigate({ to: '/plan/content' });
      offerUndo(t('content.removed', { name: content.name }), async () => {
        await call(restoreContent, { contentId: content.id });
        await refreshContents();
      });
    } catch (error) {
      sayError(error);
    }
  };
  const trySending = async () => {
    send(true);
    try {
      if (content.mine) await save();
      const { to, state, answer } = await call(sendTrial, {
        contentId: content.id,
        language,
        ...(personId ? { personId } : {}),
      });
      if (state === 'sent') say(t('content.trial.sent', { to }));
      else sayProblem(t(`content.trial.${state}`, { answer: answer ?? '' }));
    } catch (error) {
      sayError(error);
    } finally {
      send(false);
    }
  };
  return (
    <>
      <ButtonLink
        to="/plan/content"
        variant="subtle"
        data-compact
        leftSection={<IconArrowLeft size={18} aria-hidden />}
      >
        {t('content.back')}
      </ButtonLink>
      <Button variant="default" data-compact leftSection={<IconHistory size={18} aria-hidden />} onClick={onPast}>
        {t('content.versions')}
      </Button>
      {content.kind !== 'page' && (
        <Button
          data-compact
          loading={sending}
          leftSection={<IconSend size={18} aria-hidden />}
          onClick={() => void trySending()}
        >
          {t('content.trial.send')}
        </Button>
      )}
      {content.mine && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" aria-label={t('content.more')}>
              <IconDots size={18} aria-hidden />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => void remove()}>{t('content.remove')}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  );
}
