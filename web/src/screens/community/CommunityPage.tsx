import { ActionIcon, Anchor, Button, Menu } from '@mantine/core';
import { IconArrowLeft, IconDots, IconExternalLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { type Community, type Space, updateCommunity } from '../../../../server/community/contract.ts';
import { call } from '../../api.ts';
import { calendarDay } from '../../format.ts';
import { spoken, t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { sayError } from '../../ui/undo.tsx';
import classes from './Community.module.css';
import { CommunityForm } from './CommunityForm.tsx';
import { IdeaPanel } from './IdeaPanel.tsx';
import { Ideas } from './Ideas.tsx';
import { Invite } from './Invite.tsx';
import { Acts, People } from './People.tsx';
import { Queue } from './Queue.tsx';
import { communitiesQuery, refreshCommunity } from './queries.ts';
import { Feedback, SpaceForm } from './SpaceForm.tsx';

/** A community as we see it: what waits, what people want, who they are. */
export function CommunityPage() {
  const { communityId } = useParams({ from: '/members/voices/community/$communityId' });
  const { data, error, refetch } = useQuery(communitiesQuery);
  const [idea, open] = useState<string>();
  const one = data?.items.find(({ id }) => id === communityId);
  return (
    <div className={classes.beside}>
      <Page title={one?.name ?? t('community.title')} actions={one && <Actions one={one} />}>
        <ButtonLink
          to="/voices/community"
          variant="subtle"
          color="gray"
          leftSection={<IconArrowLeft size={18} aria-hidden />}
        >
          {t('community.back')}
        </ButtonLink>
        <ErrorNotice error={error} onRetry={() => void refetch()} />
        {!data && !error && <Loading lines={5} />}
        {data && !one && <p>{t('community.gone')}</p>}
        {one && (
          <>
            <p className={classes.address}>
              <Anchor href={one.url} target="_blank" rel="noreferrer" underline="always">
                {one.url} <IconExternalLink size={14} aria-hidden />
              </Anchor>{' '}
              <span className={classes.quiet}>
                {t(one.invitedOnly ? 'community.invitedOnly' : 'community.open')}
                {one.closed && ` · ${t('community.isClosed')}`}
              </span>
            </p>
            {one.mine && <Queue community={one} onOpen={open} />}
            <Ideas community={one} onOpen={open} />
            <Spaces community={one} />
            <People community={one} />
            {one.mine && <Acts community={one} />}
          </>
        )}
      </Page>
      {one && idea && <IdeaPanel community={one} postId={idea} onClose={() => open(undefined)} />}
    </div>
  );
}

function Actions({ one }: { one: Community }) {
  const admin = useMe().role === 'admin';
  const [shown, show] = useState<'invite' | 'change'>();
  const close = async () => {
    try {
      await call(updateCommunity, { communityId: one.id, closed: !one.closed });
    } catch (error) {
      sayError(error);
    }
    await refreshCommunity();
  };
  return (
    <>
      <Button onClick={() => show('invite')}>{t('community.invite')}</Button>
      {admin && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon size="lg" aria-label={t('shell.more')}>
              <IconDots size={20} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => show('change')}>{t('community.change')}</Menu.Item>
            <Menu.Item onClick={() => void close()}>{t(one.closed ? 'surveys.reopen' : 'surveys.close')}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      {shown === 'invite' && <Invite community={one} onClose={() => show(undefined)} />}
      {shown === 'change' && <CommunityForm community={one} onClose={() => show(undefined)} />}
    </>
  );
}

function Spaces({ community }: { community: Community }) {
  const [editing, edit] = useState<Space | 'new'>();
  const [answering, answer] = useState<Space>();
  return (
    <Section
      title={t('community.spaces')}
      actions={
        community.mine && (
          <Button variant="default" onClick={() => edit('new')}>
            {t('community.space.new')}
          </Button>
        )
      }
    >
      <ul className={classes.posts}>
        {community.spaces.map((space) => (
          <li key={space.id}>
            <strong>{space.name[spoken()]}</strong>
            <p className={classes.quiet}>
              {[
                t(`community.space.${space.kind}`),
                t('community.page.ideas', { count: space.ideas }),
                ...(space.closesOn ? [t('community.page.until', { day: calendarDay(space.closesOn) })] : []),
              ].join(' · ')}
            </p>
            {space.feedback !== '' && <p dir="auto">{space.feedback}</p>}
            {community.mine && (
              <>
                <Button size="compact-sm" variant="subtle" onClick={() => edit(space)}>
                  {t('community.space.change', { name: space.name[spoken()] })}
                </Button>
                {space.kind === 'call' && space.feedback === '' && (
                  <Button size="compact-sm" variant="subtle" onClick={() => answer(space)}>
                    {t('community.feedback')}
                  </Button>
                )}
              </>
            )}
          </li>
        ))}
      </ul>
      {editing && (
        <SpaceForm
          community={community}
          {...(editing === 'new' ? {} : { space: editing })}
          onClose={() => edit(undefined)}
        />
      )}
      {answering && <Feedback community={community} space={answering} onClose={() => answer(undefined)} />}
    </Section>
  );
}
