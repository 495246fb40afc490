import {Composer} from "@mail/core/common/composer";
import {SuggestionService} from "@mail/core/common/suggestion_service";
import {patch} from "@web/core/utils/patch";

const MODEL = "service.ticket";

/** Canned replies in a ticket: filled in, those in the customer's language first. */
patch(SuggestionService.prototype, {
    /** The filled-in replies of the ticket that is written in, by id. */
    serviceReplies: undefined,

    async fetchSuggestions({delimiter}, {thread, abortSignal} = {}) {
        await super.fetchSuggestions(...arguments);
        if (delimiter !== "::" || thread?.model !== MODEL || !thread.id) {
            return;
        }
        const replies = await this.makeOrmCall(
            MODEL,
            "get_canned_replies",
            [[thread.id]],
            {},
            {abortSignal}
        );
        this.serviceReplies = {
            threadId: thread.id,
            byId: new Map(replies.map((reply) => [reply.id, reply])),
        };
    },

    /**
     * The reply as it reads in the ticket `thread`, if it is filled in there.
     *
     * @param {number} id of the canned response
     * @param {import("models").Thread} thread
     */
    getServiceReply(id, thread) {
        const known = this.serviceReplies;
        if (thread?.model === MODEL && known?.threadId === thread.id) {
            return known.byId.get(id);
        }
    },

    searchSuggestions(search, {thread} = {}) {
        const found = super.searchSuggestions(...arguments);
        if (found.type !== "mail.canned.response") {
            return found;
        }
        // never the bare braces: they wait until they are filled in, elsewhere for ever
        const ready = ({id, substitution}) =>
            !substitution.includes("{{") || this.getServiceReply(id, thread);
        const misfit = ({id}) =>
            this.getServiceReply(id, thread)?.fits === false ? 1 : 0;
        const suggestions = found.suggestions.filter(ready);
        suggestions.sort((a, b) => misfit(a) - misfit(b));
        return {...found, suggestions};
    },
});

patch(Composer.prototype, {
    get navigableListProps() {
        const props = super.navigableListProps;
        const service = this.suggestion?.suggestionService;
        for (const option of props.options || []) {
            const id = option.cannedResponse?.id;
            const reply = id && service?.getServiceReply(id, this.thread);
            if (reply) {
                option.label = reply.text;
                option.title = reply.text;
            }
        }
        return props;
    },
});
