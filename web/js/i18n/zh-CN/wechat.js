export default {
  'wechat.go': '用微信登录',
  'wechat.or': '或者',
  'wechat.digits': '验证器的 6 位数字',
  'wechat.code': '您的角色还要验证器的 6 位数字。',
  'wechat.unknown': '这个微信还没有加入。请向主管要一份邀请，在微信里打开。',
  'wechat.preview': '请先点页面下方的“使用完整服务”，再用微信登录。',
  'wechat.again': '微信登录没有成功，请再试一次。',
  'wechat.others': '这个微信已经是别人在用。',
};
