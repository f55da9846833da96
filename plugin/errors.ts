/** Every error of the plugin, with its code, status and message. Messages say what to mend. */

import createError from '@fastify/error'

/** Thrown by `fastify.register`. Its first argument is the option's name. */
export const InvalidOptionError = createError<[string, string]>(
  'FST_SYSMON_INVALID_OPTION',
  'fastify-sysmon: option "%s" %s',
  500,
  TypeError
)

/** Thrown by `fastify.sysmon.publish` for an event that `POST /telemetry/events` would refuse too. */
export const InvalidEventError = createError<[string]>(
  'FST_SYSMON_INVALID_EVENT',
  '%s',
  400,
  TypeError
)

export const BadRequestError = createError<[string]>('FST_SYSMON_BAD_REQUEST', '%s', 400)

export const ForeignOriginError = createError<[string]>(
  'FST_SYSMON_FOREIGN_ORIGIN',
  'requests from pages of %s are refused: post from a program, from a page of this server, or name the origin in the option "allowedOrigins"',
  403
)

export const UnsupportedMediaTypeError = createError<[string]>(
  'FST_SYSMON_UNSUPPORTED_MEDIA_TYPE',
  '%s',
  415
)

export const TooManyStreamsError = createError<[number]>(
  'FST_SYSMON_TOO_MANY_STREAMS',
  'all %d event streams are taken: close one, try again later, or raise the option "maxStreams"',
  503
)
