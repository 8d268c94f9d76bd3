"""Every way notifications can refuse."""

from shared.problems import NotFound, Problem


class NoSuchAlert(NotFound):
    """No alert has this identifier, or it is not for this person."""

    type = "no-such-alert"
    title = "There is no such alert"


class NoSuchKind(NotFound):
    """Nothing of this kind is ever told."""

    type = "no-such-kind"
    title = "There are no alerts of this kind"


class NoSuchChannel(NotFound):
    """Nobody can be reached this way."""

    type = "no-such-channel"
    title = "There is no such way to be reached"


class LinkRefused(Problem):
    """The key of a link in a letter is none of ours, or the person is not known any more."""

    status = 403
    type = "link-refused"
    title = "This link does not work"
    detail = "Take the whole link from the letter, or sign in and choose what you are told."


class InvitationLinkRefused(Problem):
    """The key of a link in an invitation is none of ours."""

    status = 403
    type = "invitation-link-refused"
    title = "This link answers no invitation"
    detail = "Take the whole link from the letter of invitation."


class InvitationOver(Problem):
    """What somebody was invited to is over, or nobody knows any more who was invited."""

    status = 410
    type = "invitation-over"
    title = "This invitation is over"
    detail = "The meeting has taken place, or the invitation is not kept any more. There is nothing left to answer."


class InvitationTakenBack(Problem):
    """What somebody was invited to is called off, or they are invited no more."""

    status = 410
    type = "invitation-taken-back"
    title = "This invitation was taken back"
    detail = "The meeting is called off, or you need not come. There is nothing to answer."


class LinkOver(Problem):
    """The link in a letter was ours, and its time is over."""

    status = 410
    type = "link-over"
    title = "This link is over"
    detail = "Links in letters hold for a time only. Sign in, or open a newer letter."


class NoSuchTopic(NotFound):
    """Nobody can follow this, or it is not among what this person follows."""

    type = "no-such-topic"
    title = "There is nothing like this to follow"


class TooManyTopics(Problem):
    """Somebody follows so much already that they would read none of it."""

    status = 409
    type = "too-many-topics"
    title = "You follow too many things already"
    detail = "Stop following something first."


class NoSuchDelivery(NotFound):
    """No delivery has this identifier."""

    type = "no-such-delivery"
    title = "There is no such delivery"


class NoSuchPushAddress(NotFound):
    """No such address has this identifier, or it is not this person's."""

    type = "no-such-push-address"
    title = "There is no such address"


class TooManyPushAddresses(Problem):
    """Somebody, or an organisation, has as many addresses as they may."""

    status = 409
    type = "too-many-push-addresses"
    title = "There are too many addresses already"
    detail = "Remove one that is not needed first."


class NoSuchWebhook(NotFound):
    """No webhook has this identifier, or it is not this person's to manage."""

    type = "no-such-webhook"
    title = "There is no such webhook"


class TooManyWebhooks(Problem):
    """An organisation, or the administrators, have as many webhooks as they may."""

    status = 409
    type = "too-many-webhooks"
    title = "There are too many webhooks already"
    detail = "Remove one that is not needed first."


class WebhookOff(Problem):
    """Nothing is sent by a webhook that is turned off."""

    status = 409
    type = "webhook-off"
    title = "This webhook is turned off"
    detail = "Turn it on first."
