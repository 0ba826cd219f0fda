// Who is it? The session's secret in the cookie says so: to the API, and as the name of the user's part of the cache.

const COOKIE = /(?:^|; *)session=([^;]+)/;

/** The session of a request; undefined if it has none. */
export const sessionOf = (request) => COOKIE.exec(request.headers.cookie ?? '')?.[1];

/** What a request has to send to be of a session. */
export const cookieOf = (session) => `session=${session}`;
