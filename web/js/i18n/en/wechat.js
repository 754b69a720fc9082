export default {
  'wechat.go': 'Sign in with WeChat',
  'wechat.or': 'or',
  'wechat.digits': '6 digits of your authenticator',
  'wechat.code': 'Your role also takes the 6 digits of your authenticator.',
  'wechat.unknown': 'This WeChat has not joined. Ask your supervisor for an invitation, and open it in WeChat.',
  'wechat.preview': 'Press "use the full service" at the foot of the page first, then sign in with WeChat.',
  'wechat.again': 'Signing in with WeChat did not work. Try again.',
  'wechat.others': 'This WeChat is somebody else\'s here.',
};
