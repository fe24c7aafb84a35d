import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { listAudit } from '../../../../server/identity/contract.ts';
import { type Output, roles } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { longInstant } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { Standing } from '../audit/Standing.tsx';
import { UsesOfMember } from '../audit/UsesOfMember.tsx';
import classes from './Settings.module.css';

type Entry = Output<typeof listAudit>['items'][number];

/** What was done to the workspace, for those who oversee it. */
export function Audit() {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [listAudit.name],
    queryFn: ({ pageParam }) => call(listAudit, { limit: 50, ...(pageParam ? { after: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  return (
    <Page title={t('shell.audit')} width="reading" lead={t('settings.audit.lead')}>
      <Standing />
      <UsesOfMember />
      <Section title={t('audit.entries')}>
        <ErrorNotice error={error} onRetry={() => void refetch()} />
        {!data && !error && <Loading lines={5} />}
        <Lines>
          {data?.pages.flatMap(({ items }) =>
            items.map((entry) => (
              <li key={entry.id} className={classes.line}>
                <div className={classes.main}>{sentenceOf(entry)}</div>
                <span className={classes.quiet}>{longInstant(entry.at)}</span>
              </li>
            )),
          )}
        </Lines>
        {hasNextPage && (
          <Button variant="subtle" mt="sm" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t('settings.audit.more')}
          </Button>
        )}
      </Section>
    </Page>
  );
}

/** A kind of connection, or a service that the company is known to. */
const serviceOf = ({ kind, provider }: Entry['detail']): string =>
  told(`connections.kind.${kind}`) ?? told(`connections.provider.${provider}`) ?? '';

function sentenceOf({ actor, code, subject, detail }: Entry): string {
  const role = roles.find((one) => one === detail.role);
  return t(`settings.audit.${code}`, {
    actor: actor ?? t('settings.audit.system'),
    subject: subject ?? (code.startsWith('invitation.') ? t('settings.audit.invitation.anyone') : '–'),
    role: role ? t(`settings.role.${role}`) : '',
    version: Number(detail.version ?? 0),
    service: serviceOf(detail),
  });
}
