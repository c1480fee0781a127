### Everything that the core says to people, in English. How we write is in docs/words.md; which parameters a text may name
### is in core/src/texts/keys.rs. A translation is a file beside this one, with the same keys.

## Activities: a title of few words, and what is meant in one sentence.

activity-cuddling = Cuddling
    .about = Lying close, arms around each other, for as long as it feels good.
activity-spooning = Spooning
    .about = One lies behind the other, both facing the same way.
activity-holding-hands = Holding hands
    .about = A hand in a hand, with or without words.
activity-skin-to-skin = Skin to skin
    .about = Bare skin against bare skin under something warm, with nothing else to do.
activity-light-massage = Light massage
    .about = Slow hands and little pressure, wherever it is welcome.
activity-back-rub = Back or shoulder rub
    .about = Hands on back and shoulders, as firm as the one who lies there likes it.
activity-kissing = Kissing
    .about = Kisses with no hurry and no plan.
activity-quick-kisses = Quick kisses
    .about = Small kisses in passing, while getting up or getting ready.
activity-caressing = Caressing
    .about = Fingertips along an arm, through hair, over a back.
activity-slow-ending = A slow ending
    .about = Staying where you are for a while, before anybody gets up.

activity-specific-compliment = A particular compliment
    .about = Naming one thing you liked, as exactly as you can.
activity-words-of-affection = Words of affection
    .about = Saying what the other means to you.
activity-gratitude = Saying thank you
    .about = Thanking the other for something they gave, did or trusted you with.
activity-reassurance = Reassurance
    .about = Something like “I’m here, and I’m still with you”.
activity-pillow-talk = Pillow talk
    .about = Talking about anything at all, as it comes.
activity-debrief = Talking it over
    .about = What was good, what you would change, what you would like again.
activity-stepping-out-of-roles = Stepping out of roles
    .about = Saying that it was play and that this is the two of you again, by your own names.

activity-silent-cuddling = Cuddling in silence
    .about = Close, warm, and nobody talks.
activity-lying-side-by-side = Lying side by side
    .about = Near each other, with a little room in between.
activity-breathing-together = Breathing together
    .about = A few slow breaths at the same pace, led by a sound, a touch or a count.
activity-quiet-presence = Quiet company
    .about = Being there for each other and doing little.
activity-time-alone-door-open = Time alone, door open
    .about = Some time to oneself, with the other within call.
activity-phones-away = Phones away
    .about = Both phones out of reach, and the screens dark.

activity-water = Water
    .about = A glass for each of you, during as well as afterwards.
activity-snack = Fruit or a snack
    .about = Something small to eat, put ready beforehand.
activity-small-treat = A small treat
    .about = A favourite little thing: chocolate, a tea, a spoon of honey.
activity-warmth = Warmth
    .about = A hot-water bottle, warm socks, a warm body.
activity-warm-towel = A warm towel
    .about = A towel warmed beforehand, to lie under or to wipe with.
activity-blanket = A blanket
    .about = Something soft to be wrapped in.
activity-clean-up = Cleaning up
    .about = Tissues, fresh sheets, the room set to rights, together or by whoever has the energy.
activity-washing-each-other = Washing each other
    .about = A flannel or a sponge, warm water, and care.
activity-shower = A shower
    .about = Warm water, together or one after the other.
activity-bath = A bath
    .about = Warm water to lie in, together or alone.
activity-bathroom-break = Bathroom break
    .about = A few minutes in the bathroom, with no hurry.
activity-gentle-stretch = Gentle stretching
    .about = Easing hips, back and neck, slowly.
activity-tending-sore-places = Tending sore places
    .about = Looking over what was held, pressed or rubbed, and caring for it.

activity-nap-together = A nap together
    .about = A short sleep side by side, with an alarm if you like.
activity-falling-asleep-together = Falling asleep together
    .about = Letting go into sleep, close by. That is fine, if both of you like it.

activity-show-in-bed = A show or film in bed
    .about = Something light to watch under one blanket.
activity-music = Music
    .about = A few quiet songs, chosen beforehand.
activity-playing-or-singing = Playing or singing
    .about = Making music for each other, or together.
activity-journaling-together = Writing together
    .about = Each writes a few lines, side by side.
activity-reading-journals = Reading to each other
    .about = Reading aloud from what you wrote, as much as each wants to share.

activity-message-later-today = A message later today
    .about = A few words, once you are apart.
activity-check-in-this-evening = Asking this evening
    .about = A short “how are you now?” at the end of the day.
activity-check-in-next-morning = Asking next morning
    .about = A short “how are you today?” once you have slept.
activity-kind-word-next-day = A kind word next day
    .about = Something warm to hear or read on the day after.
activity-cuddle-kept-for-later = A cuddle kept for later
    .about = Put off on purpose to a time that suits you both, and not lost.
activity-reconnect-later = Finding each other again
    .about = When there was no time or it went past you: “That went by so fast. Can we have ten minutes now?”

# One that was removed, that is the partner’s alone, or that a newer app knows.
unknown-activity = An activity that is not on this phone
from-a-newer-app = { $n ->
    [one] One more is here, from a newer app
   *[other] { $n } more are here, from a newer app
}

## Families of activities, and what they can be good for.

family-touch = Touch
family-words = Words
family-quiet = Quiet
family-body = Body
family-rest = Rest
family-shared = Pastimes
family-later = Later on

need-touch = Touch
need-words = Words
need-reassurance = Reassurance
need-being-seen = Being seen
need-quiet = Quiet
need-space = Space
need-body = Care for the body
need-rest = Rest
need-play = Play

side-receive = Done for me
side-give = Done by me
side-together = Together
way-together = Together
way-for-me = Done for me
way-for-partner = Done by me
way-in-turns = In turns
way-alone = On one’s own

## Stances. The first two are boundaries and are said as plainly as the others.

stance-never = Not for me
stance-not-now = Not for now
    .until = Not for now, until { $date }
    .ask = You set this aside until { $date }. Would you like to keep it that way?
stance-open = Open to it
stance-like = I like it
stance-love = I love it

condition-intense = After something intense
condition-role-play = After role play
condition-vigorous = After something vigorous
condition-new = After something new
condition-tired = When I’m tired
condition-vulnerable = When I feel vulnerable
condition-disappointed = When I’m disappointed or not satisfied
condition-old-issue = When something old was stirred up
condition-short-time = When time is short
condition-little-privacy = With little privacy, or interrupted
condition-apart = While we are apart
condition-closeness = After closeness without sex
condition-charged = After another emotional moment

## What a person says about themself.

question-first-connection = How do you like to connect first?
choice-first-connection-touch = With touch
choice-first-connection-words = With words
choice-first-connection-quiet = In quiet
choice-first-connection-body = By looking after the body
choice-first-connection-space = With some space first
choice-first-connection-laughing = By laughing together
choice-first-connection-being-asked = By being asked

question-length = How long feels right?
choice-length-short = Five to ten minutes
choice-length-long = Twenty to thirty minutes, or more
choice-length-into-next-day = On into the next day
choice-length-brief-is-enough = Brief is enough

question-when-to-talk = When do you like to talk about it?
choice-when-to-talk-now = Right then
choice-when-to-talk-later-today = Later the same day
choice-when-to-talk-tomorrow = The day after
choice-when-to-talk-when-i-bring-it-up = When I bring it up

question-usual-after = How are you usually, afterwards?
choice-usual-after-sleepy = Sleepy
choice-usual-after-hungry = Hungry
choice-usual-after-talkative = Talkative
choice-usual-after-tearful = Tearful
choice-usual-after-slow-to-come-down = Slow to settle

question-avoid = What would you rather not have, afterwards?
choice-avoid-phone-at-once = A phone straight away
choice-avoid-getting-dressed-at-once = Getting dressed straight away
choice-avoid-falling-asleep-at-once = Falling asleep straight away
choice-avoid-jokes = Jokes
choice-avoid-analysis = Going over what happened
choice-avoid-leaving-the-room = Being left in the room
choice-avoid-lights-on = Bright light

question-review = How often would you like to look at this again?
    .about = What people want changes. You set the pace, and can change it.
choice-review-every-month = Every month
choice-review-every-season = Every season
choice-review-every-half-year = Every half year
choice-review-every-year = Every year
choice-review-when-i-ask = When I ask for it

line-helps = Words that help me
line-does-not-help = Words that don’t help me
line-avoid-also = What else I’d rather not have
line-wish = For next time

remark-quiet = When I go quiet, it means …
remark-distance = When I want distance, it does not mean …

## Between the two.

share-preview = This is what your partner will see.
look-again = { $name } asks you to look at this again.
look-again-about = Your partner’s app shows once that you would like them to look at this again. It says neither what stood here before nor when you changed it.
share-taken-back = Your partner’s app removes it the next time your phones meet. What they have read or kept, they still have.
boundary-private = This stays with you. Your plans keep to it, and nothing that reaches your partner says so. They may still notice what does not come up.
side-by-side-match = Where you meet
side-by-side-adjust = Where one of you would adjust
side-by-side-boundary = Where a boundary holds
side-by-side-ask = What you could ask
care-card-title = What helps me afterwards
until-day = until { $day }
date-day = { $month ->
    [1] { $day } January { $year }
    [2] { $day } February { $year }
    [3] { $day } March { $year }
    [4] { $day } April { $year }
    [5] { $day } May { $year }
    [6] { $day } June { $year }
    [7] { $day } July { $year }
    [8] { $day } August { $year }
    [9] { $day } September { $year }
    [10] { $day } October { $year }
    [11] { $day } November { $year }
   *[12] { $day } December { $year }
}
date-day-time = { $day }, { $time }
date-month = { $month ->
    [1] January { $year }
    [2] February { $year }
    [3] March { $year }
    [4] April { $year }
    [5] May { $year }
    [6] June { $year }
    [7] July { $year }
    [8] August { $year }
    [9] September { $year }
    [10] October { $year }
    [11] November { $year }
   *[12] December { $year }
}
page-mine = What I want in the time after
page-partner = What my partner shares with me of it
page-check-ins = My check-ins
page-check-ins-partner = Check-ins my partner shares with me
page-sessions = Sessions
page-signals = Signals I sent
page-signals-partner = Signals my partner sent
page-shared = My partner can read
page-for-me = For me
page-for-both = For both of us
minutes-spoken = { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
}

## What is chosen from lists, and where things stand.

session-planned = Planned
session-running = Going on
session-ended = Over
step-start = Begin
step-pause = Pause
step-resume = Go on
step-extend = More time
step-skip = Leave out
step-done = Done
step-state-waiting = To follow
step-state-running = Now
step-state-paused = Paused
step-state-done = Done
step-state-skipped = Left out

wish-for-me = For me to do
wish-for-partner = For my partner, if they like
wish-answer-no = No
wish-answer-yes-quietly = Yes, and I keep it to myself
wish-answer-yes = Yes, and my partner may know
wish-said-yes = Your partner said yes

author-me = From me
author-partner = From my partner
author-both = From both of us
visibility-only-me = For me alone
visibility-shared = For both of us to read
sharing-private = For me alone
sharing-shared = My partner may read it
sharing-joint = We both write it
style-bold = Bold
style-italic = Italic
style-link = Link
style-heading = Heading
style-bullet = List
style-numbered = Numbered list
style-quote = Quotation

private-lock-none = No second key
private-lock-locked = Locked
private-lock-unlocked = Unlocked
pairing-meeting = Looking for the other phone
pairing-compare = Something to compare
pairing-waiting = Waiting for the other phone
pairing-paired = Your phones are linked
pairing-refused = Not linked
pairing-failed = That did not work this time
sync-all-handed-over = Everything is handed over
sync-not-yet = Some of it goes along next time

## Settings, by name.

setting-quiet-hours = Quiet hours
setting-mute = Mute everything
setting-ask-closing = Ask me at the end
setting-ask-later-today = Ask me later the same day
setting-ask-next-morning = Ask me next morning
setting-timers-in-quiet-hours = Timers in quiet hours, too
setting-offer-reconnect = Offer ten minutes together
setting-signals-notify = Let signals be heard
setting-look-for-lows = Look out for lows
setting-be-counted = Count my check-ins for both of us
mute-off = Not muted
mute-until = Until a time I choose
    .until = Until { $when }
mute-until-taken-off = Until I take it off

## The parts of a check-in.

field-feelings = Feelings
field-body = Body
field-closeness = Closeness
field-calm = Calm
field-energy = Energy
field-comfort = Comfort in the body
field-drop = A low
field-wish = Wish
field-note = Note

## Feelings and what the body says, as words to pick.

feeling-calm = Calm
feeling-close = Close
feeling-content = Content
feeling-playful = Playful
feeling-tender = Tender
feeling-relieved = Relieved
feeling-loved = Loved
feeling-safe = Safe
feeling-grateful = Grateful
feeling-joyful = Joyful
feeling-seen = Seen
feeling-energised = Energised
feeling-elated = Elated
feeling-sleepy = Sleepy
feeling-tired = Tired
feeling-exhausted = Exhausted
feeling-vulnerable = Vulnerable
feeling-tearful = Tearful
feeling-numb = Numb
feeling-anxious = Anxious
feeling-overwhelmed = Overwhelmed
feeling-confused = Confused
feeling-uncertain = Uncertain
feeling-insecure = Insecure
feeling-irritable = Irritable
feeling-distant = Distant
feeling-disconnected = Disconnected
feeling-used = Used
feeling-lonely = Lonely
feeling-disappointed = Disappointed
feeling-ashamed = Ashamed
feeling-sad = Sad

body-warm = Warm
body-cold = Cold
body-tense = Tense
body-sore = Sore
body-sensitive = Sensitive
body-shaky = Shaky
body-thirsty = Thirsty
body-hungry = Hungry

body-first = What does your body say?
answer-low = All of this happens, whatever the desire or the satisfaction was. Nothing is wrong with you for feeling it.

## Check-ins.

moment-arrival = Arriving
    .about = Before you begin: how are you, and what would you like?
moment-closing = Closing
    .about = A word before you go on with your day or your night.
moment-later-today = Later today
    .about = How is it now, some hours on?
moment-next-morning = Next morning
    .about = How is it now that you have slept?
moment-something-not-right = Something was not right for me
    .about = At any time, also days later. What you write here stays with you, unless you choose otherwise.

## Values that are drawn, as they are read aloud.

closeness-spoken = { $level ->
    [1] far apart, 1 of 7
    [2] near each other, 2 of 7
    [3] touching, 3 of 7
    [4] overlapping a little, 4 of 7
    [5] overlapping by half, 5 of 7
    [6] overlapping for the most part, 6 of 7
    [7] almost one, 7 of 7
   *[other] { $level } of 7
}
calm-spoken = { $level ->
    [0] not calm at all, 0 of 10
    [5] halfway calm, 5 of 10
    [10] entirely calm, 10 of 10
   *[other] calm: { $level } of 10
}
energy-spoken = { $level ->
    [0] no energy left, 0 of 10
    [5] some energy, 5 of 10
    [10] full of energy, 10 of 10
   *[other] energy: { $level } of 10
}
comfort-spoken = { $level ->
    [0] very uncomfortable in the body, 0 of 10
    [5] somewhat comfortable in the body, 5 of 10
    [10] entirely comfortable in the body, 10 of 10
   *[other] comfort in the body: { $level } of 10
}

series-spoken = { $n ->
    [0] { $name }: nothing written down yet.
    [one] { $name }: one value, { $last }, on { $to }.
   *[other] { $name }: { $n } values from { $from } to { $to }. The lowest is { $lowest }, the highest { $highest }, the latest { $last }.
}
table-caption = { $n ->
    [one] { $name }, 1 row
   *[other] { $name }, { $n } rows
}
fraction = { $whole }.{ $tenths }
table-what = What
table-when = When
table-value = Value
table-from = Lower end
table-to = Upper end
table-count = How many
table-row = { $when }: { $value }
table-no-value = nothing written down

breathing-in = { $seconds ->
    [one] Breathe in, 1 second
   *[other] Breathe in, { $seconds } seconds
}
breathing-hold = { $seconds ->
    [one] Rest, 1 second
   *[other] Rest, { $seconds } seconds
}
breathing-out = { $seconds ->
    [one] Breathe out, 1 second
   *[other] Breathe out, { $seconds } seconds
}
pace-even = Even breaths
pace-longer-out = Longer out than in
pace-with-a-rest = With a short rest
breathing-round = Breath { $count } of { $counts }
breathing-done = That was it. Stay as you are for as long as you like.
breathing-about = Follow the sound, the touch or the count. If another pace suits you better, take yours.

qr-spoken = A picture of a link that the other phone reads. The link, letter by letter: { $link }
code-spoken = Words to compare: { $words }. In digits: { $digits }.
code-compare = Read them to each other. If all of it is the same on both phones, say yes on both.

## The recovery phrase.

phrase-title = Your 24 words
phrase-show = Show my 24 words
phrase-type-back = Type them back
    .about = Type the words from your paper, so that you know it is right. Capitals, spaces and numbers do not matter.
phrase-later = Another time
phrase-check-mine = Check the words on my paper
phrase-why = These 24 words stand for you in this app. With them you can add a phone or a tablet of yours, take a lost one off the list, and bring what you share back on a new phone. There is no account and no company that could do it for you. It takes a pen, a piece of paper and ten quiet minutes, whenever that suits you.
phrase-lost = Without the words all goes on as it is, and you can write and share as before. What cannot be done then: take a lost phone off the list, or add another. The way out is to start over with new words, link with your partner again, and copy what you want to keep.
phrase-where = Paper is good, in a place that you would find again in a year, away from this phone. A second sheet somewhere else helps if the first is lost. A photo, a note on the phone or a message is less good: other apps and other people can get at those.
phrase-who = Whoever has these words can add a phone in your name, read all that is shared, and later what is private too. So they are for your eyes, and for nobody else’s. That holds for a partner as well: you can trust each other and each keep your own.
phrase-write = Write the words down in this order, with their numbers. Take your time, and look that nobody else sees the screen.
phrase-forgotten = The words are on your paper, and this phone has let go of them. You can check the paper here whenever you like.
phrase-kept = This phone keeps your 24 words until you have them on paper.
phrase-written-down = Your 24 words are on paper. This phone does not have them any more.
phrase-check-fits = These are your 24 words. Your paper is right.
phrase-check-unknown-words = Some of these words are not in the list. They are marked here. Often it is one letter.
phrase-check-word-count = All of these words are in the list. The phrase has 24 of them, and here there are more or fewer.
phrase-check-does-not-add-up = All 24 words are in the list, and they do not fit together like this. Two of them may have changed places, or one stands for another.
phrase-check-another = These 24 words fit together, and they belong to another vault than this one.

## A backup.

backup-title = A backup
backup-about = A backup is one file with everything that is here: what is private, what you share, what your partner shared with you, and all earlier versions. It is locked with a passphrase or with your 24 words. Nobody can pass for you or for this phone with it. It is not renewed by itself, so make another one now and then, and keep it somewhere else than on this phone.
backup-make = Make a backup
backup-restore = Bring a backup back
    .about = This works in an app that is still empty. Choose the file, and type the passphrase or the 24 words that it was made with.
backup-with-passphrase = Lock it with a passphrase
backup-with-phrase = Lock it with my 24 words
backup-without-private = Leave out what is private
backup-passphrase-hint = Four or five unrelated words are easy to type and hard to guess. Without them the file stays locked, and nobody can open it for you.
backup-made = This backup is of { $date }.
backup-made-without-private = The backup is made. What is private is not in it.
backup-made-in-part = The backup is made. Something here could not be read to its end, so that is missing in it.

## A backup that is kept up to date in a place of the person’s own. What that place did not do is said as of a mailbox.

archive-title = A backup that renews itself
archive-about = In a place of your own, such as a drive in the cloud, this app can keep everything that is here: what is private, what you share, what your partner shared with you. It is locked with your 24 words, and they bring it all back if every phone is gone. Whoever runs the place can see when you write and about how much; they can delete it, and can’t read it. Take a place that nobody else uses.
archive-set-up = Set it up with my 24 words
archive-turn-off = Write nothing more there
archive-turned-off = Nothing more is written there. What lies there stays until you delete it, and your 24 words still bring it back.
archive-private-waits = What is private is locked. What is new in it goes there once you have unlocked it.
archive-restore = Bring everything back from such a place
    .about = This works in an app that is still empty. Choose the place, and type your 24 words.
archive-restored-in-part = Some of what lay there is missing or damaged. What could be read is here. What your partner’s phone or another device of yours still has comes back from there.
archive-none = There is no such backup in this place.

## Returning with the 24 words and the partner’s phone.

back-invite = My partner has a new phone
    .about = If { $name } has lost every phone and still has their 24 words, their new phone joins you here again. Nothing ends and nothing begins anew. What the two of you share goes to the new phone. Do this side by side, and compare the code.
back-join = Return with my partner’s phone
    .about = This takes your 24 words and your partner’s phone. What the two of you share is brought back from there. What is private was on your own phones alone, so it is not among it. If you have a backup, bring that back in place of this: what you share is in it as well.
back-stranger = These two phones do not belong together. Please check the 24 words, and that this is the phone of the partner you shared with.
back-done = You are back. What you share is on its way to this phone. What was private on your lost phone is not here. Please look at your list of devices next, and take off what you have lost.

## A person’s devices. Where a device has no name, the text is given that of device-unnamed.

devices-title = Your devices
device-unnamed = A device without a name
device-add = Add a device
    .about = On the new device the app is still empty. Type your 24 words here, let the new device read the code, and compare the four words on both.
device-new = { $name } was added to your devices. Do you know it?
device-known = I know it
device-private-about = A new device gets what is shared at once, and what is private after three days. That leaves time to look at this list, and to say no.
device-private-passes = What is private goes there too.
device-private-waits = What is private goes there from { $date } on.
device-private-refused = What is private does not go there.
device-let-pass = Let what is private go there now
device-refuse = Keep what is private from it
    .about = None of your devices hands it anything private then. What is shared still goes there. If you do not know it, you can take it off your list.
device-remove = Take it off my list
    .about = Your other devices and your partner’s phone stop talking to it as soon as they hear of this, the next time they meet a phone that knows. What is on it stays on it, for whoever can open it. What it wrote and is here already stays. What it wrote beyond that, if it turns up, is set aside for you to look at. This takes your 24 words and cannot be undone. If the device turns up again, it can be added anew, with an empty app.
    .before = If you can, let your devices and your partner’s phone meet this one first. Then more of what was written there is here.
device-removed-this = This device was taken off your list. What is on it can still be read here, and goes nowhere any more.
device-list-this = Add this phone to my devices
device-unlisted-this = This phone is not among your devices yet. You can read and write here, and it stays on this phone until you add it with your 24 words.
device-list-again = Your list of devices has changed since the backup. Your partner’s phone knew the newer one. Please add this phone once more, with your 24 words.
device-needs-settling = Two of your devices changed this list at the same time. What either took off is off. What was added may be missing here, and can be added again. The next change settles it.
aside-title = Set aside for you
device-unconfirmed-this = Before this phone was set up from an older copy, things were shared from it that it no longer knows. Your partner’s phone still has them. Because you took a device off your list in between, nobody can tell whether they are yours. Do you want them on this phone again?
device-unconfirmed = Your partner’s phone has things that were shared from { $name } and that this phone does not know. Because you took a device off your list in between, nobody can tell whether they are yours. Do you want them on this phone?
device-confirm = Yes, they are mine
device-not-confirm = No, or I am not sure
aside-about = A device that you took off your list wrote this. It may have been you, or somebody who had it in hand. A boundary among it holds until you have looked.
aside-deleted = That device deleted this. It is shown as it was before.
aside-keep = Keep it
aside-bring-back = Bring it back
aside-let-go = Let it go

## Parting.

part-title = Parting
part-about = This ends the link between the two phones, here and at once, and works offline. Your partner’s phone is not told: to it this one looks out of reach, as if it were switched off. From then on nothing goes from one of you to the other. What they shared with you goes from this phone. What is on their phone stays there, and so does what somebody remembers or took a picture of. It cannot be undone. You can link again later, with the same person or another, and that begins with an empty page.
part-what-stays = What is private stays. What you said about yourself stays too, with your boundaries, for you alone.
part-choices = You can choose what else stays with you. It is copied to what is private.
part-mine = What I shared
    .about = Your own entries and check-ins that are nowhere else on this phone.
part-together = What we wrote together
    .about = Entries, sessions, rituals and songs, as they read today.
part-kept = Keep a copy
part-let-go = Let it go
part-now = Part now
part-done = The two phones are not linked any more, and nobody was told. Your other devices hear of it when they next meet this one.

## What the other phone lacks as one file, and a place where phones leave each other files.

bundle-title = Hand it over as a file
bundle-about = Everything that you two share and that the other phone may not have yet, as one sealed file, to be handed over however you like. What is private is not in it. The phones it is made for can open it, and nobody else. Others see that there is a file, and about how large it is.
bundle-for-partner = For my partner’s phone
bundle-for-own-devices = For my other devices
bundle-everything = With everything, from the beginning
bundle-cut = There was more than fits. The rest goes along next time.
bundle-all-here = All that was in it is here.
bundle-earlier-missing = Something from before it is missing here. Ask for a file with everything, or let the two phones sync directly.
bundle-talk-needed = Something in it could not be taken in as it is. The rest is here. Let the two phones sync directly once, and look at your list of devices.
bundle-not-for-this-phone = This phone can’t open it. It may be meant for another one, or be damaged on the way.
bundle-out-of-time = Part of it is here. Open it again for the rest.
mailbox-title = A place to leave things for each other
mailbox-about = A folder or a service that both phones reach, for when the two of you are rarely online together. What lies there is sealed, and what is private does not go there. Whoever runs the place can see when your phones write and read, from where, and about how much; they can delete it, and can’t read it.
mailbox-full = There is no room left in that place. What is there stays, and the rest goes along next time.
mailbox-refused = That place does not let this app in. Choosing it again may help.
mailbox-unreachable = That place is out of reach at the moment. Next time it goes on from here.
mailbox-missing = Something that lies there can’t be taken in yet. The phones ask each other there for what is missing; a direct sync is quicker.
mailbox-too-new = Something that lies there was left by a newer version of this app. It is read after an update.

## One-tap signals.

signal-quiet-fine = I need quiet, we are fine
signal-come-close = Come close
signal-space-back-soon = A little space, back soon
signal-water-please = Water, please
signal-thinking-of-you = Thinking of you
signal-cuddle-later = Cuddle later?
signal-talk-about-it = Can we talk about it?
signal-earlier = Sent earlier
signal-about = It fades by itself, asks for no answer, and does not tell who has read it.

## Titles of notifications. Whoever glances at a lock screen learns nothing from them.

due-check-in-closing = A moment before you go on
due-check-in-later-today = A moment for yourself
due-check-in-next-morning = A moment for you today
due-message = A small reminder
due-kind-word = A thought for today
due-cuddle = Something kept for today
due-reconnect = A quiet moment
due-wish = Something for later
due-step = Time for what comes next
due-several = A few things, when you like
due-room = Time you set aside
due-review = A look at your notes
due-not-now-ended = A look at something you set
due-signal = Something new to see

## A few words to begin with, when two want to be close again.

reconnect-near = I would like to be close to you again. Would you like to sit with me for a little while?
reconnect-got-lost = I think something got lost between us. I would like to hear how it was for you, and to tell you how it was for me.
reconnect-no-hurry = I am here when you feel like it. A hand, a word or a cup of tea would do.

## Why a plan proposes something. What somebody does not want is no reason, and is not said.

reason-both-love = You both love it
reason-both-like = You both like it
reason-you-like = You like it
reason-partner-likes = Your partner likes it
reason-need = { $need ->
    [touch] Brings some touch
    [words] Brings kind words
    [reassurance] Brings some reassurance
    [being-seen] Helps with feeling seen
    [quiet] Brings some quiet
    [space] Leaves you some room
    [body] Looks after the body
    [rest] Brings some rest
    [play] Brings some play
   *[other] Fits how you are
}
reason-often = { $need ->
    [touch] Touch often helps at such a time
    [words] Kind words often help at such a time
    [reassurance] Knowing that all is well often helps at such a time
    [being-seen] Feeling seen often helps at such a time
    [quiet] Some quiet often helps at such a time
    [space] Having room often helps at such a time
    [body] Looking after the body often helps at such a time
    [rest] Rest often helps at such a time
    [play] Some play often helps at such a time
   *[other] This often helps at such a time
}
reason-not-lately = A change from the last few times
reason-fits-time = { $minutes ->
    [one] Fits into 1 minute
   *[other] Fits into { $minutes } minutes
}
reason-apart = Works while you are apart
reason-at-hand = Can be done with what is at hand
reason-for-each-alone = Something kind for each on their own
reason-talk = A good moment to tell each other what would be nice now.

## Drop: a low some hours or days later.

drop-none = No low
drop-some = A low
drop-strong = A strong low
drop-since = Since when?
drop-about = Three days of your own check-ins are looked at, on your own devices: a low that you marked, or two low check-ins in a row. You can switch this off.
drop-seen = What you wrote sounds like a low. That can follow closeness by hours or days, in any role. Be kind to yourself today.
drop-what-helps = Here is what you said helps you.
drop-what-helps-loved = Here is what you love in the time after.
drop-what-helps-none = Water, warmth, rest and a kind voice are places to begin. You can keep a list of what helps you, for another time.
drop-repeats = The lows have come back a few times. It can help to talk with somebody you trust, or with a doctor or a counsellor. You are welcome there with something small, too.
drop-shared = Your partner sees what you choose to share of this, and nothing else.

## Something was not right. Never a prompt to confront anybody.

not-right-begin = Thank you for writing it down. You decide what happens with it, and when.
not-right-consent = A yes is yours at every moment, also after you gave it. What you feel about it now counts.
not-right-private = This stays on your own devices unless you choose otherwise.
not-right-words = Words, if you are looking for some:
    .one = Something about it was not right for me. I am still finding out what.
    .two = I said yes, and at some point it did not feel like a yes any more.
    .three = I do not want that again.
    .four = I want some time, and no questions for now.
    .five = I did not want this.
not-right-boundary = Would you like to set a boundary? It can stay private, and you can change it at any time.
not-right-help = There are people who listen, whatever it was and however long ago. You can talk to them without having decided anything.
not-right-no-hurry = You can close this now and come back to it. Nothing is sent to anybody.

help-where = People you can turn to: { $contacts }
help-where-none = A doctor, a counselling service, or somebody you trust can be a first person to turn to.
help-now = In danger at this moment? The emergency number here is { $number }.

adults-only = This app is for adults.
not-medical-advice = This app informs and does not give medical advice. With pain, or troubles that stay, a doctor is the right person to ask.

## Sealed reflections.

sealed-about = Each of you writes unseen. Nothing opens before both of you have sealed.
waiting-for-phone = Waiting for { $name }’s phone
reflection-open = Open to write. Nobody reads it before both of you have sealed.
reflection-sealed = Yours is sealed. You can take it back until both are.
reflection-waiting = Both of you have sealed. Your partner’s text is not on this phone.
reflection-opened = Both are open.
reflection-not-as-sealed = What arrived does not match what was sealed on the other phone, so it is not shown.
reflection-choose = Two of your devices have sealed a text each. Choose the one that counts.
reflection-ended = This question was taken away, and with it anything your partner wrote. What you wrote stays with you.
reflection-taken-back = Each of you took a text back, and one of the two may have been read before that. This app shows neither to the other. What you wrote stays with you, and you can ask this again.

## Agreements.

agreement-about = It holds while both of you have accepted this very wording, and either of you can withdraw at any time. It is not consent to any act, and it overrides no boundary.
agreement-proposed = You accept this wording. It holds once both of you do.
agreement-holds = You have both accepted this wording.
agreement-for-me = Your partner accepts this wording. It holds if you accept it too.
agreement-apart = Each of you accepts another wording, so neither holds at the moment.
agreement-withdrawn = This agreement does not hold. No reason is asked for.

## Rituals, playlists, and making room.

ritual-title = Your rituals
ritual-about = Steps of your own, for the times that you choose.
ritual-step = Step { $step } of { $steps }
ritual-offered = A ritual of yours fits this time
ritual-start = Begin
ritual-rest = Screens stay dark. The next step is a soft sound or a touch.
playlist-title = Songs for coming down
playlist-about = Chosen beforehand, so that screens can stay dark.
playlist-added-by = Added by { $name }
playlist-request = Ask for a song
playlist-asked-by = { $name } asks for this one
playlist-let-in = Add it to the list
song-listed = In the list
song-asked = Asked for
room-title = Making room
room-about = A time that both of you keep free, for whatever it turns out to be.
room-propose = Propose a time
room-proposed = { $name } proposes { $when }
room-accepted = Kept free: { $when }
room-another-time = Another time
room-open = Proposed
room-state-asked = Proposed to you
room-state-agreed = Kept free
room-state-waiting = Proposed
room-state-declined = Not this time
room-state-withdrawn = Taken back
room-reminder = Remind me
    .about = The reminder stays on this phone and says nothing of what it is about.

## Insights: what happened, with how many times and how sure. On this phone.

insight-early = { $n ->
    [0] Too early to tell: nothing written down yet
    [one] Too early to tell, from one time
   *[other] Too early to tell, from { $n } times
}
insight-mean = { $n ->
    [one] { $value } on average, from one time; likely between { $low } and { $high }
   *[other] { $value } on average, from { $n } times; likely between { $low } and { $high }
}
insight-share = { $n ->
    [one] { $count } of one time
   *[other] { $count } of { $n } times; over a long time likely { $low } to { $high } in a hundred
}
insight-care = { $n ->
    [0] Nothing to tell of this time
    [one] Care was written down once
   *[other] Care was written down { $n } times
}
insight-before-after = { $n ->
    [one] Before { $before }, afterwards { $after }, from one time; the difference is likely between { $low } and { $high }
   *[other] Before { $before }, afterwards { $after }, on average over { $n } times; the difference is likely between { $low } and { $high }
}
insight-by-activity = { $n ->
    [one] With “{ $activity }”, once: { $value }
   *[other] With “{ $activity }”, { $n } times: { $value } on average
}
insight-by-group = { $n ->
    [one] { $name }, once: { $value }
   *[other] { $name }, { $n } times: { $value } on average
}

# Of both: half levels, and how many times in fives, rounded down.
insight-early-both = Too early to tell for the two of you together
insight-mean-both = For the two of you together { $value } on average, from at least { $n } times; likely between { $low } and { $high }
insight-before-after-both = For the two of you together before { $before }, afterwards { $after }, on average over at least { $n } times; the difference is likely between { $low } and { $high }
insight-by-group-both = { $name }, at least { $n } times: { $value } on average for the two of you together

insight-title = { $level }: { $moment }
insight-title-change = { $level }: { $before }, then { $after }
insight-title-by-activity = { $level }: { $moment }, by what you did
insight-title-by-length = { $level }: { $moment }, by how long it took
insight-title-by-situation = { $level }: { $moment }, by what it followed
insight-title-how-often = How often
insight-title-lows = Times with a low
insight-method-count = Counted, as it was written down.
insight-method-mean = An average, and between which two values it likely lies. From few times these two lie far apart.
insight-method-mean-difference = An average of how much it changed from before to after, and between which two values it likely lies.
insight-method-share = How many times out of all, and how many in a hundred it would likely be over a long time.

insight-of-me = From my check-ins
insight-of-both = From the check-ins of both
level-closeness = Closeness
level-calm = Calm
level-energy = Energy
level-comfort = Comfort in the body

session-length-short = Up to ten minutes
session-length-middle = Over ten minutes, up to thirty
session-length-long = Over thirty minutes

insight-about = These figures tell what happened, and not why. Two things can go together and have nothing to do with each other.
insight-be-counted = Being read and being counted are two things. With a yes, what you share of check-ins counts in figures of both of you. You can take it back at any time.
insight-counted = Being read and being counted are two things. Your partner’s check-ins count here if they have said yes to it, and stop counting when they say so.
insight-reconnect = Would ten minutes together be nice this week?

## Decks of questions.

question-deck-getting-started = Getting started
    .about = First words about the time afterwards. Best talked about over tea, with clothes on.
question-deck-what-helps = What helps
    .about = Small things that make the time afterwards good.
question-deck-feelings-after = Feelings afterwards
    .about = What turns up, and what to do with it.
question-deck-boundaries = Boundaries and consent
    .about = What is welcome, what is not, and how you tell each other.
question-deck-bodies = Bodies and their troubles
    .about = What a body likes, and what is hard for it at times.
question-deck-looking-back = Looking back
    .about = What has been good so far, and what you would do in another way.
question-deck-looking-ahead = Looking ahead
    .about = What you would like to try, keep, or let go.

ask-afterwards-means = What does the time afterwards mean to you, in one sentence?
ask-first-minute = What would you like the first minute afterwards to be like?
ask-learned-where = Where did you learn what people do afterwards: films, friends, earlier times?
ask-good-ending = How do you notice that a time together has come to a good end?
ask-easy-to-ask = What is easy for you to ask for afterwards, and what is hard?
ask-other-name = Do you have a word for this time that you like more than “aftercare”?
ask-without-sex = After which moments without sex would you like the same care?
ask-talk-where = Where do you talk best about things like this: walking, in the car, in the dark?
ask-one-thing-know = What is one thing about you afterwards that you would like the other to know?
ask-enough-time = How much time feels like enough, and how do you notice?
ask-how-to-begin = How would you like the other to begin when they want to talk about this?

ask-touch-where = Where on your body is touch best afterwards, and where would you rather have none?
ask-words-remember = Which words, said to you afterwards, do you still remember?
ask-quiet-or-talk = When do you like quiet, and when do you like to talk?
ask-eat-drink = What would you like to have within reach to eat or drink?
ask-warm-enough = What makes you feel warm and wrapped up?
ask-light-sound = What light and what sounds do you like in the room?
ask-who-gets-up = Who gets up first, and how would you like that to go?
ask-giving-likes = Which care do you like to give?
ask-receiving-hard = Which care is hard for you to receive, though you would like it?
ask-short-version = If there were two minutes, what would you want in them?
ask-apart-care = When you are apart afterwards, what would help you feel close?

ask-usual-mood = Which feeling visits you most often afterwards?
ask-surprising-feeling = Which feeling afterwards has surprised you?
ask-tears-mean = When tears come, what may they mean, and what would you like from the other?
ask-going-quiet = What is going on inside you when you go quiet?
ask-next-day = How do you feel on the next day, and whom do you tell?
ask-low-signs = How could the other notice that you are low when you have no words for it?
ask-proud-of = What makes you feel proud or seen afterwards?
ask-lonely-close = Have you ever felt lonely right after closeness? What would have helped?
ask-anxious-thoughts = Which thoughts come when you are anxious afterwards?
ask-joy-shown = How do you show joy, and is there room for it?
ask-disappointment-said = How would you like to hear that the other was disappointed?

ask-not-afterwards = What do you not want afterwards, even if it is meant kindly?
ask-changed-mind = How would you like to say that you have changed your mind?
ask-signal-stop = Which word or sign tells the other to stop, also in the time afterwards?
ask-yes-looks-like = What does a clear yes look and sound like, from you?
ask-unsure-how = What would you like the other to do when you are not sure?
ask-after-no = After a no, what helps you both feel close again?
ask-hard-to-say-no = When is it hard for you to say no?
ask-told-others = What of this is fine to tell others, and what stays between you?
ask-photos-messages = How do you want to handle messages and pictures about this?
ask-new-things-agree = Before you try something new, what would you like to agree on for afterwards?
ask-boundary-respected = Was there a time when a boundary of yours was respected in a way that felt good?

ask-body-tells = What does your body tell you afterwards, before your head does?
ask-pain-say = How would you like to tell each other when something hurts?
ask-tired-body = What changes for you when your body is tired?
ask-cycle-seasons = Are there days, weeks or seasons when your body wants something else?
ask-medication-health = Does an illness, a medicine or a treatment change what feels good? What would you like the other to know?
ask-arousal-mismatch = When your body says one thing and you feel another, how would you like the other to ask?
ask-skin-and-scars = Are there places or scars that you would like to have touched in another way, or left alone?
ask-washing = How do you feel about washing, straight away or later?
ask-sleep-bodies = How do you sleep best next to each other?
ask-body-change = What has changed in your body over the years, and what has that changed afterwards?
ask-doctor-together = Is there something you would like to ask a doctor, alone or together?

ask-best-time = Which time afterwards do you remember as especially good, and what was in it?
ask-small-kindness = Which small kindness of the other’s would you like to thank them for?
ask-went-past = When did a moment go past you, and what would you have liked?
ask-learned-about-other = What have you learned about the other that you did not know a year ago?
ask-learned-about-self = What have you found out about yourself?
ask-stopped-doing = What did you use to do afterwards that you would like to have back?
ask-mended = When something had gone wrong, how did you find each other again?
ask-last-time = What of the last time would you like to keep?
ask-change-one = What is one thing you would change about the last time?
ask-felt-seen-when = When did you feel seen by the other?
ask-first-months = How was it in your first months, and what of it is still there?

ask-try-next = What would you like to try next time, afterwards?
ask-let-go = What could you let go of, if neither of you is fond of it?
ask-busy-weeks = How could care look in weeks with little time?
ask-phones-where = Where could the phones be?
ask-visitors-children = How do you make room when there are children, guests or thin walls?
ask-travel-distance = What would you like to do when one of you travels?
ask-ritual-own = Which small ritual could become yours?
ask-say-more = What would you like to hear more often?
ask-ask-more = What would you like to be asked more often?
ask-in-a-year = In a year from now, what would you like to be able to say about this time?
ask-when-older = What do you hope closeness will be like when you are older?

## Cards.

grade-study = From studies
    .about = Studies found that these things go together. They did not find out what brings about what, and people differ.
grade-practice = From practice
    .about = Passed on by couples and by those who advise them. We know of no study that has tested it.
evidence-survey = Survey
evidence-diary = Diary study
evidence-survey-and-diary = Survey and diary study
evidence-meta-analysis = Many studies, counted together
evidence-instrument = A way of asking

source-muise-2014 = In a survey of 335 people and a three-week diary study of 101 couples, more time for affection after sex went together with more satisfaction, with sex and with the relationship, on average.
source-meltzer-2017 = In two diary studies, of 214 newly married couples in all, satisfaction with sex stayed raised for about 48 hours after sex, on average.
source-mallory-2022 = Across 93 studies of people in relationships, talking with each other about sex went together with satisfaction, and how well they talked did so more closely than how often.
source-schweitzer-2015 = In an online survey of 230 women at university, nearly half had at some time felt low after sex, and about 5 in 100 a few times in the last four weeks.
source-maczkowiack-2019 = In an online survey of 1,208 men, about 4 in 10 had at some time felt low after sex that they had agreed to, and about 2 in 10 in the last four weeks.
source-aron-1992 = Closeness asked for with overlapping circles. The idea is theirs; our circles, levels and words are our own.
source-betella-2016 = Sliders for how one feels. The idea is theirs; our sliders and words are our own.

card-why-it-matters = Why the time afterwards matters
    .body = In one survey and one diary study, people who took more time for affection after sex were on average more satisfied, with sex and with their relationship. That says what goes together, not what you will find. What it looks like is yours to choose: a hand, a glass of water, a few words.
card-in-the-body = What happens in the body
    .body = Heart and breath slow down, muscles let go, warmth leaves the skin. Some people get sleepy, some hungry, some wide awake, some shiver or cry for a moment. Mostly it passes by itself. Water, something warm and a little time are kind to most bodies.
card-what-helps-most = Small things that help
    .body = Put water and a blanket ready beforehand. Stay a little before anybody gets up. Say one thing you liked, as exactly as you can. Ask “what would be nice now?” and take the answer as it comes. Look in on each other the next day.
card-what-to-leave = Small things to leave for later
    .body = Reaching for a phone, getting dressed in a hurry, going over every detail, or a joke at the other’s expense can land badly in an open moment. Many couples leave these for later. If both of you like one of them, that is fine.
card-ask-dont-read = Ask, don’t read
    .body = Body and voice can disagree. Tears can be relief, silence can be bliss, a smile can cover something. The other knows, and you can ask: “how is it for you now?” One question in a calm voice is enough, and “I don’t know yet” is a whole answer.
card-own-needs = Finding out what you want
    .body = It is hard to ask for what you have no words for. Notice what you reach for afterwards: warmth, talk, room, sleep. Name one thing, to yourself first. “I would like a hand on my back” is easier to give than “be nice to me”.
card-many-and-some = Many people, some people
    .body = Many people like touch afterwards, some want room first. Many get sleepy, some get talkative. Wishes differ from person to person and from day to day, and no group of people wants one thing. What you two like is all that counts here.
card-awkward-at-first = Awkward at first is fine
    .body = Talking about this can feel stiff the first few times, and so can asking for something new. That is how beginnings are. Keep it short, laugh if it is funny, and let a small try be enough.
card-afterglow = Afterglow
    .body = In diary studies of newly married couples, satisfaction with sex stayed raised for about two days after sex, on average. That is a figure about many, and yours may be shorter, longer or absent. A kind word on the next day fits well into such a time.
card-how-you-talk = How you talk, more than how often
    .body = Taken over many studies, how well couples talk about sex went together with satisfaction more closely than how often they do. A short, kind and clear talk is plenty. Listening to the end is half of it.
card-mending-a-miss = When a moment went past you
    .body = Often nobody noticed: somebody fell asleep, the doorbell rang, nobody had said what they wanted. That you would have liked it counts all the same. If you want to, say it simply: “I would have liked you close last night. Can we have ten minutes now?”
card-drop = Drop
    .body = Some hours or days after something intense, mood and energy can dip. It can be anybody, the one who led as well as the one who followed. What people tell each other helps: water and food, warmth, sleep, a message, being held. If it stays or comes back often, talk with somebody who knows about it.
card-low-afterwards = Feeling low afterwards
    .body = In two surveys online, more than a third of those asked had at some time felt low, tearful or irritable after sex, and a few felt so often. How many depends on whom one asks, and how. By itself it says nothing about you, or about what is between the two of you. If something was not right for you, that counts. If it troubles you, a doctor or a counsellor is a good person to ask.
card-consent-afterwards = Consent goes on
    .body = Closeness afterwards is a new question: a yes before is no yes to being held, washed or asked. Ask again, in few words. And if something was not right, that counts at whatever time you notice. You can write it down here for yourself, set a boundary, and find people to talk to.
card-seeing-a-doctor = When to see a doctor
    .body = With pain during or after sex, bleeding that you cannot explain, numbness, burning, signs of an infection, or lows and troubles that stay, a doctor is the right person. You can bring your partner or a note. They have heard it before. Strong pain, heavy bleeding or fainting is an emergency.
card-how-we-ask = How closeness is asked for here
    .body = Two circles for closeness and a few sliders for calm, energy and comfort. The ideas come from published ways of asking; circles, levels and words here are our own and measure nothing but what you put in. They are for you, for noticing a change.

## Introduction.

programme-title = Getting to know what you both like
programme-words-to-begin-with = Words to begin with
    .body = Find a quiet half hour somewhere else than in bed. Tell each other what you like afterwards, what you would rather not have, and what you do not know yet. You decide nothing yet, and listening is enough of an answer.
programme-one-small-thing = One small thing
    .body = Choose one thing that both of you like, small enough for a tired evening. Do it the next time, and nothing more. One thing that happens is worth more than a list.
programme-be-patient = Be patient
    .body = New habits are awkward at first, and that is fine. Some evenings there will be two minutes or none. Brief is enough. What you liked once does not run away.
programme-look-back = Look back together
    .body = After a few times, take a quarter of an hour. What was good? What would you change? Each of you can adjust what you said you like, for yourselves. Nothing changes without your tap.
programme-adjust = Would you like to say something about “{ $activity }”?

try-three-questions = Take three questions from “Getting started” and answer them aloud, in turn.
try-one-thing-each = Each of you names one thing that you would like afterwards, and one that you can do without.
try-pick-one = Pick one activity that both of you marked as liked or loved.
try-five-minutes = Set five minutes aside for it, with the phones in another room.
try-brief-is-enough = On a short evening, do the two-minute version: water, and one kind sentence.
try-name-the-awkward = When it feels stiff, say so: “This is new for me, and I like that we try.”
try-keep-and-change = Tell each other one thing to keep and one thing to change.
try-adjust-one = Look at your own list and change one answer, if one no longer fits.

gratitude-this-evening = Thank you for this evening, most of all for …
gratitude-small-thing = It was a small thing, and it did me good when you …
gratitude-felt-safe = I felt safe with you when …
gratitude-you-noticed = Thank you for noticing that …
gratitude-your-patience = Thank you for your patience with …
gratitude-you-asked = I was glad that you asked me …
gratitude-you-stayed = It meant a lot that you stayed when …
gratitude-laughed = I loved laughing with you about …
gratitude-your-hands = Your hands did me good when …
gratitude-you-said = I keep thinking of what you said about …
gratitude-being-myself = With you I could be myself when …
gratitude-this-week = Something you did this week that I have not thanked you for: …
gratitude-slowing-down = Thank you for slowing down when …
gratitude-still-thinking = I am still smiling about …

compliment-i-like-how = I like how you …
compliment-your-voice = When I hear your voice, …
compliment-you-look = You look wonderful when …
compliment-loved-when = I loved it when you …
compliment-with-you = With you I can …
compliment-your-skin = Your skin feels like …
compliment-your-laugh = Your laugh is …
compliment-the-way-you-look = The way you look at me when …
compliment-brave = I found it brave of you to …
compliment-gentle = You are so gentle when …
compliment-good-at = You are really good at …
compliment-in-your-arms = In your arms I feel …
compliment-learned-from-you = I have learned from you how to …
compliment-again = Something of yours that I would love again: …

## When something goes wrong with the app. What happened, in words that blame nobody; what to do is the action’s.

error-wrong_key = That key does not open your notes.
error-locked = Your notes are open somewhere else on this phone.
error-paused = Your notes are closed for a moment.
error-key_needed = Your notes are locked.
error-private_locked = What is private is locked.
error-read_only = This part of the app can read and not write.
error-migration_needed = An earlier version of the app wrote your notes. They are brought up to date when you open the app itself.
error-closed = Your notes are closed.
error-disk_full = There is no room left on this phone. What you wrote before is safe.
error-damaged = The file with your notes cannot be read as it is. Please keep it and do not delete the app: it may be your one copy.
error-newer_version = A newer version of the app wrote your notes.
error-not_found = This is not here, or not any more.
error-deleted = This was deleted and can’t be opened any more.
error-not_yours = This is for the person who wrote it to change.
error-too_large = That is more than fits in one go.
error-invalid_input = Something in this cannot be used as it is.
error-not_paired = This is for two, and no partner’s phone is linked with this one yet.
error-already_paired = This phone is linked with a partner’s already, and you can go on as you are. To link with someone else you would start over, empty. What you export first can be read, and not all of it put back.
error-changed_meanwhile = This changed while you were looking at it. Here is how it is now.
error-peer_too_new = The other phone has a newer version of the app.
error-peer_too_old = The other phone has an older version of the app.
error-refused = That was not accepted.
error-unreachable = The other phone is out of reach. What was handed over before stays.
error-cancelled = Cancelled. What was done before stays.
error-io = The phone could not read or write the file.
error-internal = Something went wrong in the app, and the mistake is ours.

input-key = That key cannot be used here.
input-file = That file is of another kind, or it is damaged.
input-file-exists = There is a file of that name already. It was left as it is.
input-title-too-long = This line is too long. It fits with a few words fewer.
input-title-of-several-lines = This is one line. Without the line breaks it fits.
input-text-too-long = This text is too long. With a few words less it fits.
input-styles = The styles do not fit the text.
input-position = That place is not in the text any more.
input-mood = A mood is one short word or two.
input-tags = There are too many tags, or one of them is empty or too long.
input-date = That date or time cannot be used here.
input-item = That answer does not belong to what was asked here.
input-id = This phone does not know what that is.
input-state = That is not possible as this stands by now. Have another look at it.
input-ended = This is over. You can begin another one at any time.
input-running = This is still going on. Once it has ended, you can do this.
input-not-shared = Your partner cannot see this yet. Once you share it, you can ask them to look.
input-not-of-both = This activity is yours alone so far. Once you copy it for both of you, you can use it here.
input-empty = There is nothing written here yet. A word is enough.
input-full = There is no room for another one. If you take one away, it fits.
input-words = One of these words is not in the list. Please choose from the list.
input-range = That number is too small or too large here. Please try another.
input-not-right = Nothing was shared. If you ever want your partner to read some of this, that takes a tap of its own, after a look at what they would read.
input-choices = One of these cannot be chosen here.
input-query = Please type a few words to search for.
input-passphrase = A passphrase has at least one letter, and is not too long.
input-wrapped-key = This is not what the app kept for the passphrase.
input-phrase = These are not the 24 words of a recovery phrase. It may be one letter, or two words that changed places.
input-another-phrase = These 24 words belong to another vault than this one.
input-invite = This is not an invitation.
input-invite-purpose = This invitation is for something else: one is for a partner, the other for a device of your own.
input-address = This is not an address of a phone.
input-mailbox-place = This address can’t be used for that place. It begins with https, and has no name or password in it.
input-credentials = That name, password or key can’t be used as it is. It may have a space or a line break too many.
input-language = This is not a language that the app knows by that name.
input-texts = That file of texts cannot be used.
input-parameters = Something is lacking to say this.
input-link = This link can’t be kept. Links to web pages can, and to songs on Spotify.
input-occasion = Something in this occasion cannot be used as it is, such as the minutes.

refused-invite = This invitation was used, withdrawn, or has run out. A new one takes a moment.
refused-device = The two phones do not know each other.
refused-bytes = What arrived was not whole, or not what it says it is. Nothing of it was kept.
refused-not-yet = Not yet: there is something to compare first.
refused-removed = This phone was taken off your list of devices. What is on it can still be read here.
refused-not-listed = This phone is not among your devices yet. Your 24 words add it.
refused-not-empty = Something was written here already. A new device begins with an empty app.
refused-no-second-key = Private has no second key here, so it takes its three days.

action-wait = Try again in a while
action-unlock = Unlock
action-free-space = Make some room on this phone
action-update-this-app = Update the app on this phone
action-update-other-phone = Update the app on the other phone
action-pair = Link your two phones
action-choose-again = Choose again
action-show-support = Show help and support
