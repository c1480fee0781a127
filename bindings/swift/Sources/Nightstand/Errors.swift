/// `"\(error)"` and `localizedDescription` say what `describe()` does.
extension NightstandError: CustomStringConvertible {}
