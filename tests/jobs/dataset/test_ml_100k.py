from jobs.dataset.ml_100k import events, graph, item_links, items, users


def test_a_film_has_its_year_in_the_title_and_its_genres_in_the_text():
    rows = [
        {"item_id": "1", "movie_title": "Toy Story", "release_year": "1995", "class": "Animation Children's Comedy"},
        {"item_id": "267", "movie_title": "unkonwn", "release_year": "unkonwn", "class": "unknown"},
        {"item_id": "9", "movie_title": "Undated", "release_year": "", "class": "Film-Noir"},
    ]
    assert items(rows).to_pylist() == [
        {
            "item_id": "1",
            "title": "Toy Story (1995)",
            "text": "Animation, Children's, Comedy film from 1995",
            "categories": ["Animation", "Children's", "Comedy"],
            "release_year": "1995",
        },
        {"item_id": "267", "title": "unkonwn", "text": None, "categories": [], "release_year": None},
        {
            "item_id": "9",
            "title": "Undated",
            "text": "Film-Noir film",
            "categories": ["Film-Noir"],
            "release_year": None,
        },
    ]


def test_ratings_are_events_in_their_order():
    rows = [{"user_id": "196", "item_id": "242", "rating": "3", "timestamp": "881250949"}]
    assert events(rows).to_pylist() == [
        {"user_id": "196", "item_id": "242", "timestamp": 881250949, "event_type": "rating", "value": 3.0}
    ]


def test_users_keep_what_is_known_of_them():
    row = {"user_id": "1", "age": "24", "gender": "M", "occupation": "technician", "zip_code": "01234"}
    assert users([row]).to_pylist() == [row]


def test_the_graph_and_its_links_have_the_contracts_names():
    assert graph([{"head_id": "a", "relation_id": "r", "tail_id": "b"}]).to_pylist() == [
        {"head": "a", "relation": "r", "tail": "b"}
    ]
    assert item_links([{"item_id": "1", "entity_id": "a"}]).to_pylist() == [{"item_id": "1", "entity_id": "a"}]
