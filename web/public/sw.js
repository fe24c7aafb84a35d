// Shows pushed notices while no page is open. They say what kind of thing happened; the page they lead to tells the rest.
self.addEventListener('push', (event) => {
  const { body, path, tag } = event.data.json();
  const shown = { body, tag, icon: '/icon-192.png', data: { path } };
  event.waitUntil(self.registration.showNotification('Entregent', shown));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { path } = event.notification.data;
  const show = async () => {
    const [page] = await self.clients.matchAll({ type: 'window' });
    if (page === undefined) return self.clients.openWindow(path);
    await page.focus();
    return page.navigate(path);
  };
  event.waitUntil(show());
});
