import { Menu, UnstyledButton } from '@mantine/core';
import { IconCheck, IconLogout, IconUser } from '@tabler/icons-react';
import { useRouter } from '@tanstack/react-router';
import type { Me } from '../../../server/identity/contract.ts';
import { t } from '../i18n.ts';
import { goToWorkspace, leave } from '../session.ts';
import { Face } from '../ui/Face.tsx';
import { sayError } from '../ui/undo.tsx';
import classes from './Navigation.module.css';

const icon = { size: 18, stroke: 1.6, 'aria-hidden': true } as const;

/** Who I am, and, with more than one, in which workspace. */
export function UserMenu({ me }: { me: Me }) {
  const router = useRouter();
  const signOut = async () => {
    await leave();
    await router.navigate({ to: '/sign-in', search: {} });
  };
  return (
    <Menu position="top-start" width={240}>
      <Menu.Target>
        <UnstyledButton className={classes.me}>
          <Face id={me.memberId} name={me.name} size={28} />
          <span className={classes.name}>{me.name}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {me.workspaces.length > 1 && <WorkspaceItems me={me} />}
        <Menu.Item leftSection={<IconUser {...icon} />} onClick={() => void router.navigate({ to: '/settings/me' })}>
          {t('shell.account')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout {...icon} />} onClick={() => void signOut().catch(sayError)}>
          {t('shell.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function WorkspaceItems({ me }: { me: Me }) {
  return (
    <>
      <Menu.Label>{t('shell.workspaces')}</Menu.Label>
      {me.workspaces.map(({ id, name }) => {
        const here = id === me.workspace.id;
        return (
          <Menu.Item
            key={id}
            aria-current={here || undefined}
            rightSection={here && <IconCheck {...icon} />}
            onClick={() => !here && void goToWorkspace(id).catch(sayError)}
          >
            {name}
          </Menu.Item>
        );
      })}
      <Menu.Divider />
    </>
  );
}
