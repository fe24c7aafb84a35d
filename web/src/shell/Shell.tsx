import { useMantineColorScheme } from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { Outlet, useRouter } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { t } from '../i18n.ts';
import { listenLive } from '../live.ts';
import { DropAnywhere } from '../screens/imports/DropAnywhere.tsx';
import { ImportTray } from '../screens/imports/ImportTray.tsx';
import { MyDepartureNotice } from '../screens/leaving/MyDepartureNotice.tsx';
import { schemeOf, useMe } from '../session.ts';
import { Connection } from './Connection.tsx';
import { useEarlyStrokes } from './earlyStrokes.ts';
import { BottomBar, Navigation } from './Navigation.tsx';
import classes from './Shell.module.css';

const loadPalette = () => import('./Palette.tsx');
const Palette = lazy(loadPalette);
const Keys = lazy(() => import('./Keys.tsx'));

/** What stays in place while one goes from screen to screen. */
export function Shell() {
  const { theme } = useMe();
  const { setColorScheme } = useMantineColorScheme();
  const [finding, find] = useDisclosure();
  const [keysShown, keys] = useDisclosure();
  const [query, setQuery] = useEarlyStrokes(finding);
  const router = useRouter();
  useEffect(() => setColorScheme(schemeOf(theme)), [theme, setColorScheme]);
  // There before it is asked for: what one types right after Ctrl-K must not be lost.
  useEffect(() => {
    const timer = setTimeout(() => void loadPalette(), 800);
    return () => clearTimeout(timer);
  }, []);
  useEffect(() => listenLive(), []);
  useHotkeys([['mod+K', find.toggle]], []);
  useHotkeys([
    ['shift+?', keys.open],
    ['?', keys.open],
    ['n', () => void router.navigate({ to: '/people', search: {}, hash: 'new' })],
  ]);
  return (
    <div className={classes.shell}>
      <a href="#content" className={classes.skip}>
        {t('shell.skip')}
      </a>
      <Navigation onFind={find.open} onKeys={keys.open} />
      <main id="content" tabIndex={-1} className={classes.main}>
        <MyDepartureNotice />
        <Outlet />
      </main>
      <ImportTray />
      <BottomBar onFind={find.open} />
      <DropAnywhere />
      <Connection />
      <RouteAnnouncer />
      <Suspense>
        {finding && <Palette query={query} onQuery={setQuery} onClose={find.close} onKeys={keys.open} />}
        {keysShown && <Keys onClose={keys.close} />}
      </Suspense>
    </div>
  );
}

/** Tells those who hear the page that another screen has come. */
function RouteAnnouncer() {
  const router = useRouter();
  const [title, setTitle] = useState('');
  useEffect(
    () =>
      router.subscribe('onRendered', ({ pathChanged }) => {
        if (pathChanged) setTimeout(() => setTitle(document.title), 100);
      }),
    [router],
  );
  return (
    <div className="unseen" role="status">
      {title}
    </div>
  );
}
