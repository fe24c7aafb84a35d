import { Button, Checkbox, Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { FullContent } from '../../../../server/content/contract.ts';
import { type Publication as Published, publish, withdraw } from '../../../../server/pages/contract.ts';
import { call } from '../../api.ts';
import { longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Qr } from '../../ui/Qr.tsx';
import { say, sayError, sayProblem } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import classes from './Content.module.css';
import { pageFormsQuery, publicationQuery, refreshContents, refreshPublication } from './queries.ts';

interface PublicationProps {
  content: FullContent;
  save: () => Promise<boolean>;
}

/** Where a page stands for everybody to see, and how often it was opened. */
export function Publication({ content, save }: PublicationProps) {
  const { data, error } = useQuery(publicationQuery(content.id));
  const { role } = useMe();
  const may = content.mine && (role === 'admin' || role === 'marketing');
  return (
    <section aria-label={t('pages.title')} className={classes.findings}>
      <h2>{t('pages.title')}</h2>
      <ErrorNotice error={error} />
      {data?.publication && <Standing publication={data.publication} />}
      {data && may && (
        <PublicationForm
          key={data.publication?.publishedAt}
          content={content}
          save={save}
          publication={data.publication}
        />
      )}
      {data && !may && <p className={classes.quiet}>{t('pages.who')}</p>}
    </section>
  );
}

function Standing({ publication }: { publication: Published }) {
  const { url, online, changed, publishedAt, publishedBy, openings } = publication;
  const copy = () => void navigator.clipboard.writeText(url).then(() => say(t('pages.copied')), sayError);
  return (
    <Stack gap="xs" mb="md">
      <p role="status">
        {t(online ? 'pages.online' : 'pages.offline', { when: longInstant(publishedAt), name: publishedBy })}
      </p>
      {online && changed && <p>{t('pages.changed')}</p>}
      {online && (
        <>
          <Group>
            <Button component="a" href={url} target="_blank" rel="noreferrer" variant="default">
              {t('pages.open')}
            </Button>
            <Button variant="default" onClick={copy}>
              {t('pages.copy')}
            </Button>
          </Group>
          <Qr text={url} label={t('pages.code')} size={144} />
        </>
      )}
      <p className={classes.quiet}>{t('pages.openings', { count: openings })}</p>
    </Stack>
  );
}

/** What an address could be, of a name. */
const slugOf = (name: string): string =>
  name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replaceAll(/^-+|-+$/g, '');

function PublicationForm({ content, save, publication }: PublicationProps & { publication: Published | null }) {
  const forms = useQuery(pageFormsQuery).data?.items ?? [];
  const first = {
    slug: publication?.slug ?? slugOf(content.name),
    formId: publication?.formId ?? '',
    indexed: publication?.indexed ?? true,
  };
  const form = useForm(first, async ({ slug, formId, indexed }) => {
    if (!(await save())) return;
    const { stops } = await call(publish, { contentId: content.id, slug, formId: formId || null, indexed });
    await Promise.all([refreshPublication(), refreshContents()]);
    if (stops.length > 0) sayProblem(t('pages.stopped'));
    else say(t('pages.published'));
  });
  const takeOffline = async () => {
    try {
      await call(withdraw, { contentId: content.id });
      await refreshPublication();
      say(t('pages.withdrawn'));
    } catch (error) {
      sayError(error);
    }
  };
  const { values, set, problem } = form;
  return (
    <form onSubmit={form.submit} noValidate>
      <Stack gap="sm">
        <TextInput
          name="slug"
          required
          withAsterisk={false}
          maxLength={60}
          label={t('pages.address')}
          description={t('pages.address.help')}
          leftSection={<span className={classes.quiet}>/pages/</span>}
          leftSectionWidth={72}
          value={values.slug}
          error={problem('slug')}
          onChange={({ currentTarget }) => set('slug', currentTarget.value)}
        />
        <NativeSelect
          label={t('pages.form')}
          value={values.formId}
          error={problem('formId')}
          data={[
            { value: '', label: t('pages.form.none') },
            ...forms.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={({ currentTarget }) => set('formId', currentTarget.value)}
        />
        <Checkbox
          label={t('pages.indexed')}
          checked={values.indexed}
          onChange={({ currentTarget }) => set('indexed', currentTarget.checked)}
        />
        <Group>
          <Button type="submit" loading={form.sending}>
            {t(publication?.online ? 'pages.republish' : 'pages.publish')}
          </Button>
          {publication?.online && (
            <Button variant="default" onClick={() => void takeOffline()}>
              {t('pages.withdraw')}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
