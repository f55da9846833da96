/** What a running server says of itself, thing by thing. */

import type { Health, SinkHealth } from '../../generated/types.ts'
import type { Finding } from './finding.ts'

export function serverFindings(url: string, health: Health): Finding[] {
  return [
    overall(url, health),
    state(health),
    supervisor(health),
    browser(health),
    ...(health.sinks ?? []).map(sink),
  ]
}

function overall(url: string, { status, reasons, kmsg }: Health): Finding {
  const check = 'server'
  if (status === 'ok') {
    const watching =
      kmsg.state === 'watching' ? `watches ${kmsg.path}` : `watches no kernel log (${kmsg.state})`
    return { check, status: 'ok', says: `${url} ${watching}` }
  }
  return {
    check,
    status: 'fail',
    says: `${url} is degraded: ${(reasons ?? []).join('; ')}`,
    mend: 'what it says; sysmon serve logs it too',
  }
}

function state({ journal }: Health): Finding {
  const check = 'journal'
  const { state: where, path, error } = journal
  if (where === 'writing')
    return { check, status: 'ok', says: `events outlive the server in ${path}` }
  return {
    check,
    status: error === undefined ? 'warn' : 'fail',
    says: `events end with the server${error === undefined ? '' : `: ${error}`}`,
    mend: 'give it a folder of its own: SYSMON_STATE_DIR',
  }
}

function supervisor({ spool }: Health): Finding {
  const check = 'supervisord'
  if (spool === undefined) {
    return {
      check,
      status: 'warn',
      says: 'no listener has written a spool: crashes of services are not told',
      mend: 'where services run under supervisord, add the listener supervisord-shim: docs/shim.md',
    }
  }
  const stuck = spool.delivery_error ?? spool.error
  if (stuck !== undefined || spool.stuck_since !== undefined) {
    return {
      check,
      status: 'fail',
      says: `${spool.waiting} crashes of services wait in the spool: ${stuck ?? 'no listener delivers them'}`,
      mend: 'start the listener, with KERNEL_IMAGES_API_BASE_URL where this server listens',
    }
  }
  if (spool.cause_error !== undefined) {
    return {
      check,
      status: 'warn',
      says: 'crashes are told without exit status and signal',
      mend: spool.cause_error,
    }
  }
  return { check, status: 'ok', says: `the listener's spool is seen, ${spool.waiting} wait in it` }
}

function browser({ devtools }: Health): Finding {
  const check = 'browser'
  if (devtools === undefined) {
    return {
      check,
      status: 'ok',
      says: 'not watched; SYSMON_DEVTOOLS_URL names one, for crashed pages',
    }
  }
  if (devtools.state === 'watching') {
    return {
      check,
      status: 'ok',
      says: `${devtools.browser ?? devtools.url}: crashed pages are told`,
    }
  }
  return {
    check,
    status: 'warn',
    says: `${devtools.url}: ${devtools.error ?? devtools.state}: crashed pages are not told`,
    mend: 'start the browser with --remote-debugging-port, or mend SYSMON_DEVTOOLS_URL',
  }
}

function sink({ name, state: now, error, lag_events: lag }: SinkHealth): Finding {
  const check = `sink ${name}`
  if (now === 'delivering') return { check, status: 'ok', says: `delivers; ${lag} events wait` }
  const isPassing = now === 'connecting' || now === 'retrying'
  return {
    check,
    status: isPassing ? 'warn' : 'fail',
    says: `${now}: ${lag} events wait${error === undefined ? '' : `: ${error}`}`,
    mend: isPassing ? 'see that the other side is up: it is tried again' : 'what the error says',
  }
}
