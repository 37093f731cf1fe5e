from concurrent.futures import ThreadPoolExecutor

from desk import clerk, floor, move_to, sign_in


def letter(name):
    return f"{clerk()} writes to {name}"


def delivery(number):
    move_to(number)
    return f"floor {floor()}"


def main():
    sign_in("ann")
    with ThreadPoolExecutor() as pool:
        print(list(pool.map(letter, ["a", "b"])))  # expect: context-lost-in-thread
        print(list(pool.map(delivery, [1, 2])))


if __name__ == "__main__":
    main()
