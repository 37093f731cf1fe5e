"""Handlers of a bot, which run in several worker threads."""
import threading

import telebot

bot = telebot.TeleBot("token")
scores = {}
votes = {}
lock = threading.Lock()


@bot.message_handler(commands=["point"])
def point(message):
    scores[message.chat.id] = scores.get(message.chat.id, 0) + 1  # expect: nonatomic-update "worker threads"


@bot.message_handler(commands=["vote"])
def vote(message):
    with lock:
        votes[message.chat.id] = votes.get(message.chat.id, 0) + 1  # ok: nonatomic-update


bot.infinity_polling()
