"""What `cache_resource` makes is one object for the sessions of all visitors."""
import threading

import streamlit as st


class Votes:
    def __init__(self):
        self.given = 0

    def vote(self):
        self.given += 1  # expect: nonatomic-update "session threads"


class LockedVotes:
    def __init__(self):
        self._lock = threading.Lock()
        self.given = 0

    def vote(self):
        with self._lock:
            self.given += 1  # ok: nonatomic-update


class Basket:
    def __init__(self):
        self.things = 0

    def put(self):
        self.things += 1  # ok: nonatomic-update


@st.cache_resource
def votes():
    return Votes()


@st.cache_resource
def locked_votes():
    return LockedVotes()


def page():
    basket = st.session_state.setdefault("basket", Basket())
    if st.button("vote"):
        votes().vote()
        locked_votes().vote()
        basket.put()
    st.write(votes().given)


page()
