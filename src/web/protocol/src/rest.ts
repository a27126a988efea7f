// Made by `npm run rest-types` from openapi.json; not to be edited.
export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description Author of an event. */
        Actor: {
            /** @description System, visitor or operator. */
            kind: components["schemas"]["ActorKind"];
            /**
             * Format: uuid
             * @description The visitor's or operator's id; absent for the system. To visitors the operator's OperatorAlias.
             */
            id?: string;
            /** @description Display name; absent when none is known. */
            name?: string;
        };
        /** @description Kind of an event's author. */
        ActorKind: "system" | "visitor" | "operator";
        /** @description An operator who was added or has a new password. */
        AddedOperator: {
            /** @description The account. */
            operator: components["schemas"]["OperatorSettings"];
            /** @description Generated, given only now, to be changed at the next sign-in. */
            password: string;
        };
        /** @description Gives a conversation to an operator or a team; with neither, back to the queue. */
        AssignConversation: {
            /** @description Which. */
            conversationId: components["schemas"]["ConversationId"];
            /**
             * Format: uuid
             * @description Made once for this change.
             */
            clientId: string;
            /**
             * Format: uuid
             * @description A member of the inbox.
             */
            operatorId?: string;
            /**
             * Format: uuid
             * @description A team of the inbox.
             */
            teamId?: string;
            /**
             * Format: int32
             * @description Refused as `conflict` when assignment or status changed after this seq.
             */
            expectedSeq?: number;
        };
        /** @description Whom the conversations of an inbox may be given to, by name. */
        Assignees: {
            /** @description Its members. */
            operators: components["schemas"]["OperatorFace"][];
            /** @description Its teams. */
            teams: components["schemas"]["TeamFace"][];
        };
        /** @description An operator's readiness to take conversations. */
        Availability: "offline" | "away" | "online";
        /** @description Keeps a visitor out. */
        BlockVisitor: {
            /** @description For colleagues, at most 500. */
            reason?: string;
        };
        /** @description When operators answer. */
        BusinessHours: {
            /** @description IANA name, such as `Europe/Berlin`. */
            timeZone: string;
            /** @description Open times, at most 50; none: always closed. */
            weekly: components["schemas"]["OpenPeriod"][];
            /** @description Dates (`yyyy-MM-dd`) that are closed all day, at most 100. */
            holidays?: string[];
        };
        /** @description A text that operators insert by its shortcut. Personal ones belong to one operator, shared ones to an inbox. */
        CannedReply: {
            /** @description Its id. */
            id: components["schemas"]["CannedReplyId"];
            /** @description 1 to 32 letters, digits, '-' and '_'; unique for its owner. */
            shortcut: string;
            /** @description One line, 1 to 100. */
            title: string;
            /** @description 1 to 8000. Clients fill `{visitor.name}`, `{operator.name}` and `{inbox.name}`. */
            body: string;
            /** @description Whether all members of the inbox have it. */
            shared: boolean;
            /**
             * Format: uuid
             * @description Of a shared one its inbox; of a personal one the inbox in which it is offered, absent: in all.
             */
            inboxId?: string;
        };
        /** @description A canned reply to add, or what one is to be from now on. */
        CannedReplyDraft: {
            /** @description See CannedReply. */
            shortcut: string;
            /** @description See CannedReply. */
            title: string;
            /** @description See CannedReply. */
            body: string;
            /**
             * @description True needs InboxId and the role supervisor. Does not change later.
             * @default false
             */
            shared: boolean;
            /**
             * Format: uuid
             * @description One that the caller is a member of.
             */
            inboxId?: string;
        };
        /**
         * Format: uuid
         * @description A canned reply.
         */
        CannedReplyId: string;
        /** @description The caller's own replies and the shared ones of their inboxes. */
        CannedReplyList: {
            /** @description By shortcut. */
            replies: components["schemas"]["CannedReply"][];
        };
        /** @description One change of a conversation, as stored and as pushed. */
        ChatEvent: {
            /** @description The conversation. */
            conversationId: components["schemas"]["ConversationId"];
            /**
             * Format: int32
             * @description Generation of the log. Another epoch than the client's means: start again from a snapshot.
             */
            epoch: number;
            /**
             * Format: int32
             * @description Position in the conversation: 1, 2, 3 … without holes.
             */
            seq: number;
            /** @description What it says. */
            type: components["schemas"]["EventType"];
            /** @description The author; absent on a skip. */
            actor?: components["schemas"]["Actor"];
            /**
             * Format: date-time
             * @description When it was stored; absent on a skip.
             */
            at?: string;
            /**
             * Format: uuid
             * @description The id its sender gave it; absent on skips and on events that follow from another one.
             */
            clientId?: string;
            /** @description What it carries; absent on a skip. */
            data?: components["schemas"]["EventData"];
        };
        /** @description A conversation's state. Visitors get it without what is staff only (see Projection). */
        Conversation: {
            /** @description Its id. */
            id: components["schemas"]["ConversationId"];
            /** @description The inbox it belongs to. */
            inboxId: components["schemas"]["InboxId"];
            /** @description The customer. */
            visitor: components["schemas"]["VisitorFace"];
            /** @description Queued, open, snoozed or closed. */
            status: components["schemas"]["ConversationStatus"];
            /**
             * Format: date-time
             * @description When a snoozed one comes back. Staff only.
             */
            snoozedUntil?: string;
            /** @description The operator who has it, if one has. */
            assignee?: components["schemas"]["OperatorFace"];
            /** @description The team that has it, if one has. Staff only. */
            team?: components["schemas"]["TeamFace"];
            /** @description What the visitor wants to talk about, cards masked. */
            topic?: string;
            /** @description Address of the page it was opened on, cards masked. Staff only. */
            page?: string;
            /** @description The pre-chat form's answers, cards masked. Staff only. */
            fields?: {
                [key: string]: string;
            };
            /** @description Tags in order of adding. Staff only. */
            tags?: string[];
            /**
             * Format: int32
             * @description The visitor's rating, 1 to 5.
             */
            rating?: number;
            /**
             * Format: date-time
             * @description When it was opened.
             */
            openedAt: string;
            /**
             * Format: date-time
             * @description Time of its last event.
             */
            lastAt: string;
        };
        /** @description A change that needs nothing but its target: a visitor's Close, an operator's Claim. */
        ConversationCommand: {
            /** @description Which. */
            conversationId: components["schemas"]["ConversationId"];
            /**
             * Format: uuid
             * @description Made once for this change.
             */
            clientId: string;
        };
        /**
         * Format: uuid
         * @description A conversation. Server-minted UUIDv7: its time chooses the partition that holds its events.
         */
        ConversationId: string;
        /** @description A page of conversations. What is written meanwhile moves none past the reader. */
        ConversationList: {
            /** @description The lines with their inboxes. Visitors get them without what is staff only. */
            rows: components["schemas"]["InboxChange"][];
            /** @description For the next page, as `cursor`; absent: there is none. Opaque. */
            next?: string;
        };
        /** @description A conversation and the part of its log that the client lacks. */
        ConversationPage: {
            /** @description State as of the read. */
            conversation: components["schemas"]["Conversation"];
            /**
             * Format: int32
             * @description Generation of the log.
             */
            epoch: number;
            /** @description Events in ascending seq, messages as they stand now. */
            events: components["schemas"]["ChatEvent"][];
            /**
             * Format: int32
             * @description Head of the log as of the read.
             */
            seq: number;
            /** @description Whether events between these and the head (or, after a reset or from a cursor at 0, before these) are still to be fetched. */
            hasMore: boolean;
            /** @description True: the client's position was of another log; replace all it holds by this page. */
            reset: boolean;
            /** @description How far everybody has received and read. */
            cursors: components["schemas"]["SideCursor"][];
        };
        /** @description Names one conversation: Leave, Viewing. */
        ConversationRef: {
            /** @description Which. */
            conversationId: components["schemas"]["ConversationId"];
        };
        ConversationStatus: "queued" | "open" | "snoozed" | "closed";
        /** @description A client's position in one conversation. */
        Cursor: {
            /** @description The conversation. */
            conversationId: components["schemas"]["ConversationId"];
            /**
             * Format: int32
             * @description Generation of the log it was read from. 0 with seq 0: has nothing yet.
             */
            epoch: number;
            /**
             * Format: int32
             * @description Highest contiguous seq it holds.
             */
            seq: number;
        };
        /** @description Erases an own message or note (a supervisor: anyone's). */
        DeleteMessage: {
            /** @description Where. */
            conversationId: components["schemas"]["ConversationId"];
            /**
             * Format: uuid
             * @description Made once for this deletion.
             */
            clientId: string;
            /**
             * Format: int32
             * @description The message's seq.
             */
            seq: number;
        };
        /** @description Gives an own message or note a new text. */
        EditMessage: {
            /** @description Where. */
            conversationId: components["schemas"]["ConversationId"];
            /**
             * Format: uuid
             * @description Made once for this edit.
             */
            clientId: string;
            /**
             * Format: int32
             * @description The message's seq.
             */
            seq: number;
            /** @description The new text. */
            body: string;
        };
        /** @description What an event carries; which fields are present depends on EventType. */
        EventData: {
            /** @description Text of a message, a note or an edit, cards masked. Absent once deleted. */
            body?: string;
            /**
             * Format: int32
             * @description Seq of the message that this one answers.
             */
            replyTo?: number;
            /**
             * Format: int32
             * @description On a message or note: seq of the newest edit applied to it.
             */
            editedSeq?: number;
            /**
             * Format: int32
             * @description On a message, note or edit: seq of the deletion that erased it.
             */
            deletedSeq?: number;
            /**
             * Format: int32
             * @description On edited and deleted: seq of the message or note meant.
             */
            targetSeq?: number;
            /** @description On assigned: the operator who has the conversation now. */
            assignee?: components["schemas"]["OperatorFace"];
            /** @description On assigned: the team that has it now. Staff only. */
            team?: components["schemas"]["TeamFace"];
            /** @description On status: the new one. */
            status?: components["schemas"]["ConversationStatus"];
            /** @description On status: the one before; absent on a conversation's first event. */
            previousStatus?: components["schemas"]["ConversationStatus"];
            /**
             * Format: date-time
             * @description On status snoozed: when the conversation comes back. Staff only.
             */
            snoozedUntil?: string;
            /** @description On tagged. */
            added?: string[];
            /** @description On tagged. */
            removed?: string[];
            /**
             * Format: int32
             * @description On rated: 1 to 5.
             */
            score?: number;
            /** @description On rated: free text, cards masked. */
            comment?: string;
            /** @description On system and visitor: what happened, a word that clients translate. */
            code?: string;
            /** @description On visitor: who they are from now on, without device and locale. Staff only. */
            visitor?: components["schemas"]["VisitorFace"];
        };
        /** @description What an event says. Numbers are what the stores keep: add, never change. */
        EventType: "skip" | "message" | "edited" | "deleted" | "note" | "assigned" | "status" | "tagged" | "rated" | "system" | "visitor";
        /** @description A field that is refused. */
        FieldError: {
            /**
             * @description Its path in the body, such as `form.fields[0].name`, or the name of a parameter of the address or of a header; `body` is the field of that name or,
             *     where there is none, the whole body.
             */
            field: string;
            /** @description One of the reasons in PROTOCOL.md; later versions may say others. */
            reason: string;
        };
        /** @description A field of the form. */
        FormField: {
            /** @description Key of its answer, 1 to 64 letters, digits, '-' and '_'. */
            name: string;
            /** @description What it asks for. */
            type: components["schemas"]["FormFieldType"];
            /** @description What is shown, by locale. */
            label: {
                [key: string]: string;
            };
            /**
             * @description Whether a conversation cannot be opened without it.
             * @default false
             */
            required: boolean;
            /** @description Of a select: 1 to 50. */
            options?: components["schemas"]["FormOption"][];
        };
        /** @description What a field of the form asks for. */
        FormFieldType: "text" | "email" | "phone" | "select" | "multiline";
        /** @description A choice of a select field. */
        FormOption: {
            /** @description What is answered. */
            value: string;
            /** @description What is shown, by locale. */
            label: {
                [key: string]: string;
            };
        };
        /** @description A page of the log in ascending seq. */
        HistoryResult: {
            /**
             * Format: int32
             * @description Generation of the log.
             */
            epoch: number;
            /** @description Messages as they stand now. */
            events: components["schemas"]["ChatEvent"][];
            /** @description Whether there is more in the asked direction. */
            hasMore: boolean;
        };
        /** @description A key with which a host site signs who its visitors are. It is never given back. */
        IdentityKey: {
            /** @description HS256, RS256 or ES256; fixed for the key. */
            algorithm: string;
            /** @description The HS256 secret, 32 bytes or more, or the public key in PEM. */
            secret: string;
        };
        /** @description A host site's key without its secret. */
        IdentityKeyFace: {
            /** @description Its name. */
            kid: string;
            /** @description HS256, RS256 or ES256. */
            algorithm: string;
            /**
             * Format: date-time
             * @description When it was added.
             */
            createdAt: string;
        };
        /** @description The keys of an inbox's host site. */
        IdentityKeyList: {
            /** @description Oldest first. */
            keys: components["schemas"]["IdentityKeyFace"][];
        };
        /** @description How an inbox's widget looks. Texts are maps of a locale to the text in it, at most 10. */
        InboxAppearance: {
            /**
             * @description Of the launcher and of the visitor's messages, `#rrggbb`.
             * @default #2457d6
             */
            color: string;
            /**
             * @description Corner of the page.
             * @default right
             */
            position: "right" | "left";
            /**
             * @description Light, dark, or as the visitor's system.
             * @default auto
             */
            theme: "auto" | "light" | "dark";
            /** @description Head line; absent: the inbox's name. */
            title?: {
                [key: string]: string;
            };
            /** @description Text beside the launcher's icon. */
            launcher?: {
                [key: string]: string;
            };
            /** @description Shown before the first message. */
            greeting?: {
                [key: string]: string;
            };
            /** @description https address of a picture. */
            logo?: string;
        };
        /** @description A line of an operator's list changed. */
        InboxChange: {
            /** @description The inbox. */
            inboxId: components["schemas"]["InboxId"];
            /** @description The whole new line. */
            row: components["schemas"]["InboxRow"];
        };
        /** @description An inbox to add. */
        InboxDraft: {
            /** @description 1 to 100. */
            name: string;
            /** @description 1 to 64 letters, digits, '-' and '_'; absent: a random one. */
            key?: string;
            /** @description See InboxSettings. */
            origins?: string[];
            /**
             * @description See InboxSettings.
             * @default false
             */
            allowNativeApps: boolean;
            /**
             * @description See InboxSettings.
             * @default false
             */
            allowPreview: boolean;
            /**
             * Format: int32
             * @description 0 to 365; 7 when absent. 0: a closed conversation stays closed.
             */
            reopenDays?: number;
            /**
             * Format: int32
             * @description 1 to 1000; 5 when absent.
             */
            openConversations?: number;
            /** @description See InboxSettings. */
            appearance?: components["schemas"]["InboxAppearance"];
            /** @description True when absent. */
            queuePosition?: boolean;
            /** @description See InboxSettings. */
            form?: components["schemas"]["PreChatForm"];
            /** @description See InboxSettings. */
            hours?: components["schemas"]["BusinessHours"];
            /** @description See InboxSettings. */
            offlineText?: {
                [key: string]: string;
            };
        };
        /** @description An inbox as its operators see it. */
        InboxFace: {
            /** @description The inbox. */
            id: components["schemas"]["InboxId"];
            /** @description Display name. */
            name: string;
            /** @description Whether operators see what a visitor types before it is sent. */
            allowPreview: boolean;
            /** @description Of its widget, `#rrggbb`. */
            color?: string;
        };
        /**
         * Format: uuid
         * @description One website, app or brand.
         */
        InboxId: string;
        /** @description The inboxes of an operator, by name. */
        InboxList: {
            /** @description Those they are a member of. */
            inboxes: components["schemas"]["InboxFace"][];
        };
        /** @description Changes of an inbox; what is absent stays. */
        InboxPatch: {
            /** @description 1 to 100. */
            name?: string;
            /** @description Replaces them all. */
            origins?: string[];
            /** @description See InboxSettings. */
            allowNativeApps?: boolean;
            /** @description See InboxSettings. */
            allowPreview?: boolean;
            /**
             * Format: int32
             * @description 0 to 365.
             */
            reopenDays?: number;
            /**
             * Format: int32
             * @description 1 to 1000.
             */
            openConversations?: number;
            /** @description Replaces all of it. */
            appearance?: components["schemas"]["InboxAppearance"];
            /** @description See InboxSettings. */
            queuePosition?: boolean;
            /** @description Replaces all of it. */
            form?: components["schemas"]["PreChatForm"];
            /** @description Replaces all of them. */
            hours?: components["schemas"]["BusinessHours"];
            /** @description Replaces all of it. */
            offlineText?: {
                [key: string]: string;
            };
            /** @description Parts to be taken away: `form`, `hours`, `offlineText`. */
            clear?: string[];
        };
        /** @description A conversation as a line of an operator's list. A row with a higher seq replaces, a lower one is dropped. */
        InboxRow: {
            /** @description The conversation. */
            conversationId: components["schemas"]["ConversationId"];
            /** @description Its inbox, in answers of `Watch`. Absent where what the row comes in names it. */
            inboxId?: components["schemas"]["InboxId"];
            /**
             * Format: int32
             * @description Generation of the log.
             */
            epoch: number;
            /**
             * Format: int32
             * @description Head of its log when the row was read.
             */
            seq: number;
            /** @description Queued, open, snoozed or closed. */
            status: components["schemas"]["ConversationStatus"];
            /**
             * Format: date-time
             * @description When a snoozed one comes back.
             */
            snoozedUntil?: string;
            /** @description The operator who has it. */
            assignee?: components["schemas"]["OperatorFace"];
            /** @description The team that has it. */
            team?: components["schemas"]["TeamFace"];
            /** @description The customer. */
            visitor: components["schemas"]["VisitorFace"];
            /** @description What it is about. */
            topic?: string;
            /** @description Tags in order of adding. */
            tags?: string[];
            /** @description The newest message. */
            lastMessage?: components["schemas"]["LastMessage"];
            /**
             * Format: date-time
             * @description Since when a message of the visitor waits for an answer; absent when none does.
             */
            waitingSince?: string;
            /**
             * Format: int32
             * @description How far the asking operator has read; in answers to them, not in pushes. Absent: nothing.
             */
            readSeq?: number;
            /**
             * Format: date-time
             * @description When it was opened.
             */
            openedAt: string;
            /**
             * Format: date-time
             * @description Time of its last event.
             */
            lastAt: string;
        };
        /** @description An inbox with its settings, for admins. */
        InboxSettings: {
            /** @description The inbox. */
            id: components["schemas"]["InboxId"];
            /** @description Public key, in the host page's snippet. Never changes. */
            key: string;
            /** @description Display name. */
            name: string;
            /** @description Origins of the host pages, `scheme://host[:port]`. */
            origins: string[];
            /** @description Whether clients without an Origin are accepted. */
            allowNativeApps: boolean;
            /** @description Whether operators see what a visitor types before it is sent. */
            allowPreview: boolean;
            /**
             * Format: int32
             * @description Days after closing within which the visitor's message reopens a conversation.
             */
            reopenDays: number;
            /**
             * Format: int32
             * @description How many conversations that are not closed a visitor may have opened.
             */
            openConversations: number;
            /** @description The enabled operators who are members. */
            members: string[];
            /** @description How the widget looks. */
            appearance: components["schemas"]["InboxAppearance"];
            /** @description Whether queued visitors are told their place. */
            queuePosition: boolean;
            /** @description Asked before a conversation. */
            form?: components["schemas"]["PreChatForm"];
            /** @description When operators answer; absent: always. */
            hours?: components["schemas"]["BusinessHours"];
            /** @description Shown outside these hours, by locale. */
            offlineText?: {
                [key: string]: string;
            };
        };
        /** @description All inboxes. */
        InboxSettingsList: {
            /** @description By key. */
            inboxes: components["schemas"]["InboxSettings"][];
        };
        /** @description The newest message, as a list shows it. */
        LastMessage: {
            /**
             * Format: int32
             * @description Its seq.
             */
            seq: number;
            /** @description Who wrote it. */
            side: components["schemas"]["Side"];
            /** @description At most 120 characters of it; absent when deleted. */
            text?: string;
        };
        /** @description Moves the caller's read or delivered cursor; never backwards, never past the head. */
        MarkSeq: {
            /** @description Where. */
            conversationId: components["schemas"]["ConversationId"];
            /**
             * Format: int32
             * @description Everything up to here.
             */
            seq: number;
        };
        /** @description Who the server takes the caller for. */
        Me: {
            /** @description Visitor or operator. */
            kind: components["schemas"]["ActorKind"];
            /**
             * Format: uuid
             * @description His id.
             */
            id: string;
            /** @description Display name, if known. */
            name?: string;
            /** @description On operators: operator, supervisor or admin. */
            role?: components["schemas"]["OperatorRole"];
            /** @description The visitor's inbox, or the inboxes the operator is a member of. */
            inboxes: string[];
        };
        /** @description The OpenID Connect provider of operators. */
        OidcProvider: {
            /** @description Issuer's address. */
            authority: string;
            /** @description The console's client id there. */
            clientId: string;
            /** @description For the button. */
            name: string;
        };
        /** @description A visitor starts a conversation. Deduplicated by (inbox, visitor, clientId). */
        OpenConversation: {
            /**
             * Format: uuid
             * @description Made once for this conversation.
             */
            clientId: string;
            /** @description At most 200. */
            topic?: string;
            /** @description Answers of the pre-chat form, at most 20. */
            fields?: {
                [key: string]: string;
            };
            /** @description Address of the page, at most 2000. */
            page?: string;
        };
        /** @description A time of a weekday in which operators answer. */
        OpenPeriod: {
            /**
             * Format: int32
             * @description 1 (Monday) to 7.
             */
            day: number;
            /** @description `HH:mm`, inclusive. */
            from: string;
            /** @description `HH:mm`, exclusive, later than From; `24:00` is the day's end. */
            to: string;
        };
        /** @description Answer to OpenConversation. */
        OpenResult: {
            /** @description Ok or duplicate. */
            status: components["schemas"]["ResultStatus"];
            /** @description The conversation and its first events. */
            page: components["schemas"]["ConversationPage"];
        };
        /** @description Business hours as of now. */
        OpenState: {
            /** @description Whether it is business time. */
            open: boolean;
            /**
             * Format: date-time
             * @description When closed: the next opening; absent when none comes within a year.
             */
            opensAt?: string;
        };
        /** @description An operator to add. */
        OperatorDraft: {
            /** @description The account's name. */
            email: string;
            /** @description Name that visitors see, 1 to 100. */
            name: string;
            /**
             * @description What they may do.
             * @default operator
             */
            role: "operator" | "supervisor" | "admin";
            /** @description Those they become a member of. */
            inboxes?: string[];
        };
        /** @description An operator as others see them. */
        OperatorFace: {
            /** @description The operator; visitors get their OperatorAlias. */
            id?: components["schemas"]["OperatorId"];
            /** @description Display name. */
            name: string;
            /** @description Address of a picture, or absent. */
            avatar?: string;
        };
        /**
         * Format: uuid
         * @description A member of the support staff.
         */
        OperatorId: string;
        /** @description Changes of an operator; what is absent stays. Another role, and disabling, end their sessions. */
        OperatorPatch: {
            /** @description What they may do from now on. */
            role?: components["schemas"]["OperatorRole"];
            /** @description True keeps them from signing in. */
            disabled?: boolean;
            /** @description Name that visitors see, 1 to 100. */
            name?: string;
            /** @description https address of a picture; empty takes it away. */
            avatar?: string;
        };
        /** @description What an operator may do; each includes the ones before. */
        OperatorRole: "operator" | "supervisor" | "admin";
        /** @description An operator's session; the refresh token is an HttpOnly cookie. */
        OperatorSession: {
            /** @description Access token for hubs and REST. */
            token: string;
            /**
             * Format: date-time
             * @description When it ends.
             */
            expiresAt: string;
            /** @description Who. */
            operator: components["schemas"]["OperatorFace"];
            /** @description What they may do. */
            role: components["schemas"]["OperatorRole"];
            /** @description True: sign in again with `newPassword`; Token is empty. */
            mustChangePassword: boolean;
        };
        /** @description `POST /api/v1/operator/session`: one of password, OIDC token, or (neither) the refresh cookie. */
        OperatorSessionRequest: {
            /** @description Account name. */
            email?: string;
            /** @description With Email. */
            password?: string;
            /** @description Required at the first sign-in: replaces the generated password. */
            newPassword?: string;
            /** @description Of the configured OpenID Connect authority. Good for one sign-in. */
            idToken?: string;
            /** @description With IdToken: what was sent to the authority as `nonce`. The token must have the same. */
            nonce?: string;
        };
        /** @description An operator's account, for admins. */
        OperatorSettings: {
            /** @description The operator. */
            id: components["schemas"]["OperatorId"];
            /** @description The account's name. */
            email: string;
            /** @description Name that visitors see. */
            name: string;
            /** @description What they may do. */
            role: components["schemas"]["OperatorRole"];
            /** @description Whether they are kept from signing in. */
            disabled: boolean;
            /** @description Those they are a member of. */
            inboxes: string[];
            /** @description Address of a picture, or absent. */
            avatar?: string;
        };
        /** @description All operators. */
        OperatorSettingsList: {
            /** @description In order of adding. */
            operators: components["schemas"]["OperatorSettings"][];
        };
        /** @description A colleague with their load. */
        OperatorState: {
            /** @description The operator. */
            id: components["schemas"]["OperatorId"];
            /** @description Display name. */
            name: string;
            /** @description What they may do. */
            role: components["schemas"]["OperatorRole"];
            /** @description Whether they take conversations. */
            availability: components["schemas"]["Availability"];
            /**
             * Format: int32
             * @description How many at once.
             */
            capacity: number;
            /**
             * Format: int32
             * @description How many open ones they have in the inboxes that the caller shares with them.
             */
            open: number;
            /** @description Whether they are connected. */
            online: boolean;
            /** @description Address of a picture, or absent. */
            avatar?: string;
        };
        /** @description Those who share an inbox with the caller, and the caller. */
        OperatorStateList: {
            /** @description By name. */
            operators: components["schemas"]["OperatorState"][];
        };
        /** @description The caller's own availability. */
        OwnAvailability: {
            /** @description Whether they take conversations. */
            availability: components["schemas"]["Availability"];
            /**
             * Format: int32
             * @description How many at once.
             */
            capacity: number;
        };
        /** @description Asked before a conversation; answered in IReadOnlyDictionary&lt;string, string&gt;? OpenConversation.Fields. */
        PreChatForm: {
            /** @description 1 to 10, in order. */
            fields: components["schemas"]["FormField"][];
        };
        /** @description A refusal of REST: problem details (RFC 9457) with the code that hubs would throw. */
        Problem: {
            /** @description A code of ErrorCode. */
            code: string;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description The code's meaning. */
            title: string;
            /** @description What is wrong here, where more can be said. For people. */
            detail?: string;
            /** @description Address of a text about the HTTP status. */
            type?: string;
            /**
             * Format: int64
             * @description On rate_limited: when to try again, milliseconds.
             */
            retryAfterMs?: number;
            /** @description On stale_view: what the caller had not seen, ascending. */
            missing?: components["schemas"]["ChatEvent"][];
            /** @description On invalid and too_large: which fields are refused, and why. On unauthenticated: which claim of a well signed identity token. */
            errors?: components["schemas"]["FieldError"][];
        };
        /** @description A visitor rates the conversation. The newest rating counts. */
        RateConversation: {
            /** @description Which. */
            conversationId: components["schemas"]["ConversationId"];
            /**
             * Format: uuid
             * @description Made once for this rating.
             */
            clientId: string;
            /**
             * Format: int32
             * @description 1 to 5.
             */
            score: number;
            /** @description At most 2000. */
            comment?: string;
        };
        /** @description Wakes the caller's device for messages that it does not have. Also `PUT /api/v1/me/devices/{deviceId}`. */
        RegisterDevice: {
            /** @description What takes the push: a word that the service which sends it knows, such as `fcm` or `apns`. At most 32 characters. */
            platform: string;
            /** @description The device's address there, at most 4,096 characters. */
            token: string;
        };
        /** @description How a change was answered. */
        ResultStatus: "ok" | "duplicate" | "stale_view";
        /** @description Sends a message or note. */
        SendMessage: {
            /** @description Where. */
            conversationId: components["schemas"]["ConversationId"];
            /**
             * Format: uuid
             * @description Made once for this text, kept across retries, restarts and nodes.
             */
            clientId: string;
            /** @description 1 to 8000 UTF-16 units. */
            body: string;
            /**
             * @description Message, or on the operator's side note.
             * @default message
             */
            kind: "message" | "note";
            /**
             * Format: int32
             * @description Seq of the message answered.
             */
            replyTo?: number;
            /**
             * Format: int32
             * @description Operators: the head they have seen; see ResultStatus.StaleView.
             */
            expectedSeq?: number;
            /** @description Refused as `invalid` until they exist. */
            attachments?: unknown;
        };
        /** @description The acknowledgement: given only after the commit. */
        SendResult: {
            /** @description Ok, duplicate or stale_view. */
            status: components["schemas"]["ResultStatus"];
            /** @description The event as stored. */
            event?: components["schemas"]["ChatEvent"];
            /** @description On stale_view: what the caller had not seen, ascending. */
            missing?: components["schemas"]["ChatEvent"][];
        };
        /** @description An operator says whether they take conversations. */
        SetAvailability: {
            /** @description Online, away or offline. */
            availability: components["schemas"]["Availability"];
            /**
             * Format: int32
             * @description How many open conversations they take, 1 to 100; absent leaves it.
             */
            capacity?: number;
        };
        /** @description Changes the status. */
        SetStatus: {
            /** @description Which. */
            conversationId: components["schemas"]["ConversationId"];
            /**
             * Format: uuid
             * @description Made once for this change.
             */
            clientId: string;
            /** @description The new status. Open needs an assignee; queued drops assignee and team. */
            status: components["schemas"]["ConversationStatus"];
            /**
             * Format: date-time
             * @description With snoozed: when it comes back, in the future and within 365.
             */
            snoozeUntil?: string;
            /**
             * Format: int32
             * @description Refused as `conflict` when assignment or status changed after this seq.
             */
            expectedSeq?: number;
        };
        /** @description Side of a conversation that a cursor belongs to. */
        Side: "visitor" | "operator";
        /** @description How far one side, or on the staff's side one operator, has received and read. */
        SideCursor: {
            /** @description Visitor or operator. */
            side: components["schemas"]["Side"];
            /** @description The operator; absent on the visitor's side. */
            operatorId?: components["schemas"]["OperatorId"];
            /**
             * Format: int32
             * @description Everything up to here reached a device. 0: nothing.
             */
            deliveredSeq: number;
            /**
             * Format: int32
             * @description Everything up to here was seen. 0: nothing.
             */
            readSeq: number;
        };
        /** @description Ways in which operators may sign in here. */
        SignInMethods: {
            /** @description With e-mail and password. */
            password: boolean;
            /** @description With an OpenID Connect provider, where one is configured. */
            oidc?: components["schemas"]["OidcProvider"];
        };
        /** @description A new key signs access tokens from now on. */
        SigningKey: {
            /** @description Its name. */
            kid: string;
        };
        /** @description Asks for what came after the cursors. */
        Sync: {
            /** @description At most 200. */
            cursors: components["schemas"]["Cursor"][];
        };
        /** @description Answer to Sync. */
        SyncResult: {
            /** @description One page for each cursor whose conversation the caller may see. */
            conversations: components["schemas"]["ConversationPage"][];
        };
        /** @description Adds and removes tags. */
        TagConversation: {
            /** @description Which. */
            conversationId: components["schemas"]["ConversationId"];
            /**
             * Format: uuid
             * @description Made once for this change.
             */
            clientId: string;
            /** @description Tags to add; those already there are left out of the event. */
            add?: string[];
            /** @description Tags to remove. */
            remove?: string[];
        };
        /** @description A team to add, or what a team is to be from now on. */
        TeamDraft: {
            /** @description 1 to 100. */
            name: string;
            /** @description Operators; none when absent. */
            members?: string[];
            /** @description Inboxes; none when absent. */
            inboxes?: string[];
        };
        /** @description A team as operators see it. */
        TeamFace: {
            /** @description The team. */
            id: components["schemas"]["TeamId"];
            /** @description Display name. */
            name: string;
        };
        /**
         * Format: uuid
         * @description Operators who share the work of some inboxes.
         */
        TeamId: string;
        /** @description A team with its members and inboxes. */
        TeamSettings: {
            /** @description The team. */
            id: components["schemas"]["TeamId"];
            /** @description Display name. */
            name: string;
            /** @description Operators who share its work. */
            members: string[];
            /** @description Inboxes whose conversations may be given to it. */
            inboxes: string[];
        };
        /** @description All teams. */
        TeamSettingsList: {
            /** @description In order of adding. */
            teams: components["schemas"]["TeamSettings"][];
        };
        /** @description Like AssignConversation, with a word to the next operator, stored as a note in the same commit. */
        TransferConversation: {
            /** @description Which. */
            conversationId: components["schemas"]["ConversationId"];
            /**
             * Format: uuid
             * @description Made once for this change.
             */
            clientId: string;
            /**
             * Format: uuid
             * @description A member of the inbox.
             */
            operatorId?: string;
            /**
             * Format: uuid
             * @description A team of the inbox.
             */
            teamId?: string;
            /** @description For staff, 1 to 8000. */
            text?: string;
            /**
             * Format: int32
             * @description Refused as `conflict` when assignment or status changed after this seq.
             */
            expectedSeq?: number;
        };
        /** @description The caller is typing. */
        TypingNotice: {
            /** @description Where. */
            conversationId: components["schemas"]["ConversationId"];
            /** @description The text so far, where the inbox allows previews. At most 500. */
            preview?: string;
        };
        /** @description A visitor's browser or app, as far as it says. */
        VisitorDevice: {
            /** @description Such as Chrome 141. */
            browser?: string;
            /** @description Such as Windows. */
            os?: string;
        };
        /** @description A visitor as operators see them. */
        VisitorFace: {
            /** @description The visitor. */
            id: components["schemas"]["VisitorId"];
            /** @description Display name, or absent. */
            name?: string;
            /** @description Whether the host site vouches for them. */
            identified: boolean;
            /** @description True while they are kept out; otherwise absent. Staff only. */
            blocked?: boolean;
            /** @description What they were last seen with. Staff only; not in rows. */
            device?: components["schemas"]["VisitorDevice"];
            /** @description BCP 47 tag. Staff only; not in rows. */
            locale?: string;
        };
        /**
         * Format: uuid
         * @description The customer, of exactly one inbox.
         */
        VisitorId: string;
        /** @description `POST /api/v1/visitor/logout`: revokes the device's refresh token. */
        VisitorLogout: {
            /** @description The one to revoke. */
            refreshToken: string;
        };
        /** @description A visitor's session. */
        VisitorSession: {
            /** @description Access token for hubs and REST. */
            token: string;
            /**
             * Format: date-time
             * @description When it ends.
             */
            expiresAt: string;
            /** @description Minted by the server. */
            visitorId: components["schemas"]["VisitorId"];
            /** @description For the next token; replaces the one used, which works until this one is first used. */
            refreshToken: string;
        };
        /** @description `POST /api/v1/visitor/session`. */
        VisitorSessionRequest: {
            /** @description The inbox's public key. */
            inbox: string;
            /**
             * Format: uuid
             * @description Random, kept by the client's storage.
             */
            deviceId: string;
            /** @description JWT of the host site: `kid`, `aud` = inbox key, `sub`, `exp` at most 10 minutes ahead. */
            identityToken?: string;
            /** @description Of the session to continue; absent starts a new visitor. */
            refreshToken?: string;
            /** @description BCP 47 tag that staff see; absent: the browser's first language. */
            locale?: string;
        };
        /** @description `GET /api/v1/widget/{key}`: what the widget needs before anybody is known. */
        WidgetSettings: {
            /** @description The inbox's key. */
            key: string;
            /** @description Its name. */
            name: string;
            /** @description How it looks. */
            appearance: components["schemas"]["InboxAppearance"];
            /** @description Whether some operator of the inbox is connected and available. */
            online: boolean;
            /** @description Whether queued visitors are told their place. */
            queuePosition: boolean;
            /** @description Asked before a conversation. */
            form?: components["schemas"]["PreChatForm"];
            /** @description Absent: always open. */
            hours?: components["schemas"]["OpenState"];
            /** @description Shown when closed, by locale. */
            offlineText?: {
                [key: string]: string;
            };
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
