// Shows how a transfer gets on, and when new orders have come in, without a reload by hand.
const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds))

async function follow() {
  for (let part = document.querySelector('[data-refresh]'); part; part = document.querySelector('[data-refresh]')) {
    await wait(700)
    const answer = await fetch(part.dataset.refresh, { headers: { Accept: 'text/html' } }).catch(() => null)
    if (!answer?.ok) continue
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const fresh = page.querySelector('#progress')
    if (!fresh) return
    part.replaceWith(fresh)
    if (!fresh.dataset.refresh) location.reload()
  }
}

async function lookForOrders() {
  for (;;) {
    await wait(5000)
    const writes = document.activeElement?.matches('input, textarea') || document.querySelector('details[open]')
    if (document.hidden || writes || !location.pathname.match(/^\/(external-orders|orders|customers)$/)) continue
    const answer = await fetch(location.href, { headers: { Accept: 'text/html' } }).catch(() => null)
    if (!answer?.ok) continue
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    for (const place of ['header.top', 'main']) {
      const [now, fresh] = [document.querySelector(place), page.querySelector(place)]
      if (fresh && now.innerHTML !== fresh.innerHTML && !now.contains(document.activeElement)) now.replaceWith(fresh)
    }
  }
}

follow()
lookForOrders()
